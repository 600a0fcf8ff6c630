//! Speaking with another provider by OpenID Connect: where it is, where to send somebody, and what
//! it says of them when they come back. The code flow with a proof key; what comes back is taken
//! only when the provider signed it for us, now, and for this very sign-in. Who that is here is
//! decided in [`app::provider`].

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use app::provider::{Claims, GroupRoles, Pending};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce, NonceVerifier,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fetch::Fetch;

/// How long what the provider says about itself is taken for true.
const FRESH: SignedDuration = SignedDuration::from_mins(60);
/// Signed with a key we do not know: asked again for its keys, but not more often than this.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
const NO_ADDRESS: &str = "its address is none";
/// How far the provider's clock may be from ours.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// Another provider that people may come in by.
#[derive(Clone)]
pub struct Provider {
    /// Its address, as it names itself, such as `https://sign-on.example`.
    pub issuer: String,
    /// What this Rebound is called there.
    pub client_id: String,
    /// What it shows that it is this Rebound with; a provider may do without.
    pub client_secret: Option<String>,
    /// What people call it, for the button.
    pub name: String,
    /// The claim that lists somebody's groups.
    pub groups_claim: String,
    /// Which group means which role.
    pub roles: GroupRoles,
}

impl std::fmt::Debug for Provider {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({} at {})", self.client_id, self.issuer)
    }
}

/// Why nobody came in. Says what kind of trouble it is and never what the provider said: that is
/// about a person, and this goes into the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The provider does not answer; what the network said.
    #[error("it cannot be reached: {0}")]
    Away(String),
    /// What it answered will not do.
    #[error("its answer will not do: {0}")]
    Wrong(&'static str),
}

/// What the provider says beside the standard.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct More {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for More {}

type IdFields = IdTokenFields<
    More,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Speaker = Client<
    More,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<IdFields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider, ready to be spoken with. Every call waits for the network: none belongs on an
/// executor's own threads.
pub(crate) struct Oidc {
    pub(crate) provider: Provider,
    redirect: String,
    fetch: Fetch,
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl Oidc {
    /// `redirect` is where the provider sends people back to.
    pub(crate) fn new(provider: Provider, redirect: String) -> Self {
        let fetch = Fetch::new(provider.issuer.starts_with("https://"));
        Self {
            provider,
            redirect,
            fetch,
            known: Mutex::new(None),
        }
    }

    /// What the provider says about itself, asked for when what is known is older than `most`.
    fn metadata(
        &self,
        now: Timestamp,
        most: SignedDuration,
    ) -> Result<CoreProviderMetadata, Refusal> {
        let known = self.known.lock().map_or(None, |known| known.clone());
        if let Some((at, known)) = known
            && now.duration_since(at) < most
        {
            return Ok(known);
        }
        let issuer =
            IssuerUrl::new(self.provider.issuer.clone()).map_err(|_| Refusal::Wrong(NO_ADDRESS))?;
        let fresh = CoreProviderMetadata::discover(&issuer, &|request| self.fetch.send(request))
            .map_err(|e| match e {
                DiscoveryError::Validation(_) => {
                    Refusal::Wrong("it does not call itself what it was called here")
                }
                DiscoveryError::Request(e) => away(e),
                DiscoveryError::UrlParse(_) => Refusal::Wrong(NO_ADDRESS),
                _ => Refusal::Wrong("it does not describe itself as an OpenID provider"),
            })?;
        if let Ok(mut known) = self.known.lock() {
            *known = Some((now, fresh.clone()));
        }
        Ok(fresh)
    }

    fn speaker(&self, metadata: CoreProviderMetadata) -> Result<Speaker, Refusal> {
        let redirect =
            RedirectUrl::new(self.redirect.clone()).map_err(|_| Refusal::Wrong(NO_ADDRESS))?;
        let basic = metadata
            .token_endpoint_auth_methods_supported()
            .is_none_or(|m| m.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let auth = if basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        };
        let secret = self.provider.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.provider.client_id.clone());
        Ok(Speaker::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(auth))
    }

    /// Where to send somebody, and what to remember until they come back. `anew` are minutes: who
    /// signed in there longer ago than that is asked again.
    pub(crate) fn begin(
        &self,
        now: Timestamp,
        anew: Option<i64>,
    ) -> Result<(String, Pending), Refusal> {
        let metadata = self.metadata(now, FRESH)?;
        let wanted: Vec<Scope> = ["email", "profile", "groups"]
            .map(|scope| Scope::new(scope.to_owned()))
            .into_iter()
            // Not every provider has the last, and some take offence.
            .filter(|scope| {
                let offered = metadata.scopes_supported();
                scope.as_str() != "groups" || offered.is_some_and(|all| all.contains(scope))
            })
            .collect();
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let speaker = self.speaker(metadata)?;
        let mut question = speaker.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        if let Some(minutes) = anew {
            let seconds = u64::try_from(minutes * 60).unwrap_or_default();
            question = question.set_max_age(Duration::from_secs(seconds));
        }
        let (url, state, nonce) = question
            .add_scopes(wanted)
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            issuer: self.provider.issuer.clone(),
            next: String::new(),
            asks_anew: anew.is_some(),
        };
        Ok((url.into(), pending))
    }

    /// What the provider says of whoever came back with this code.
    pub(crate) fn finish(
        &self,
        now: Timestamp,
        code: String,
        pending: &Pending,
        anew: i64,
    ) -> Result<Claims, Refusal> {
        let send = |request| self.fetch.send(request);
        let mut speaker = self.speaker(self.metadata(now, FRESH)?)?;
        let tokens = speaker
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| Refusal::Wrong("it names no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request(&send)
            .map_err(|e| match e {
                openidconnect::RequestTokenError::Request(e) => away(e),
                openidconnect::RequestTokenError::ServerResponse(e) => {
                    Refusal::Wrong(refused_code(e.error()))
                }
                _ => Refusal::Wrong("it is no answer of a token endpoint"),
            })?;
        let id_token = tokens
            .id_token()
            .ok_or(Refusal::Wrong("there is no ID token"))?;
        let nonce = SameNonce(&pending.nonce);
        let first = id_token.claims(&verifier(&speaker, now), nonce);
        let claims = match first {
            Ok(claims) => claims,
            // It may have changed its keys since it was last asked.
            Err(openidconnect::ClaimsVerificationError::SignatureVerification(_)) => {
                speaker = self.speaker(self.metadata(now, AGAIN)?)?;
                let verifier = verifier(&speaker, now);
                id_token.claims(&verifier, nonce).map_err(|e| unsound(&e))?
            }
            Err(e) => return Err(unsound(&e)),
        };
        if pending.asks_anew {
            let latest = now - SignedDuration::from_mins(anew) - LEEWAY;
            if claims
                .auth_time()
                .is_none_or(|at| at.timestamp() < latest.as_second())
            {
                return Err(Refusal::Wrong(
                    "it did not ask them anew, as it was told to",
                ));
            }
        }
        let mut said = Said::default();
        said.hear(claims)?;
        if let Ok(question) = speaker.user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        ) {
            let more: UserInfoClaims<More, CoreGenderClaim> =
                question.request(&send).map_err(|e| match e {
                    openidconnect::UserInfoError::Request(e) => away(e),
                    openidconnect::UserInfoError::ClaimsVerification(e) => unsound(&e),
                    _ => Refusal::Wrong("it is no answer of a userinfo endpoint"),
                })?;
            said.hear(&more)?;
        }
        Ok(said.claims(
            &self.provider.issuer,
            claims.subject().as_str(),
            &self.provider.groups_claim,
            pending.asks_anew,
        ))
    }
}

/// Takes tokens that are signed by a key of the provider's, and never ones that anybody who knows
/// the client's secret could have signed, or nobody.
fn verifier(
    speaker: &Speaker,
    now: Timestamp,
) -> openidconnect::IdTokenVerifier<'_, CoreJsonWebKey> {
    use CoreJwsSigningAlgorithm as A;
    let before = SystemTime::from(now - LEEWAY);
    let latest = (now + LEEWAY).as_second();
    speaker
        .id_token_verifier()
        .set_allowed_algs([
            A::RsaSsaPkcs1V15Sha256,
            A::RsaSsaPkcs1V15Sha384,
            A::RsaSsaPkcs1V15Sha512,
            A::RsaSsaPssSha256,
            A::RsaSsaPssSha384,
            A::RsaSsaPssSha512,
            A::EcdsaP256Sha256,
            A::EcdsaP384Sha384,
            A::EdDsa,
        ])
        .set_time_fn(move || before.into())
        .set_issue_time_verifier_fn(move |issued| {
            if issued.timestamp() > latest {
                Err("it was issued in the future".into())
            } else {
                Ok(())
            }
        })
}

/// The nonce has to be there and be ours.
#[derive(Clone, Copy)]
struct SameNonce<'a>(&'a str);

impl NonceVerifier for SameNonce<'_> {
    fn verify(self, nonce: Option<&Nonce>) -> Result<(), String> {
        if nonce.is_some_and(|n| n.secret() == self.0) {
            Ok(())
        } else {
            Err("it answers another sign-in".into())
        }
    }
}

/// What was heard so far; the ID token comes first, and what stands in it wins.
#[derive(Default)]
struct Said(Map<String, Value>);

impl Said {
    fn hear(&mut self, claims: &impl Serialize) -> Result<(), Refusal> {
        let claims = serde_json::to_value(claims);
        let Ok(Value::Object(mut claims)) = claims else {
            return Err(Refusal::Wrong(
                "what it says of somebody is no list of claims",
            ));
        };
        claims.retain(|_, value| !value.is_null());
        // An address and whether it is verified are taken from one document: the first that names
        // an address.
        if self.0.contains_key("email") || !claims.contains_key("email") {
            claims.remove("email");
            claims.remove("email_verified");
        }
        for (name, value) in claims {
            self.0.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn text(&self, name: &str) -> String {
        let text = self.0.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }

    fn claims(&self, issuer: &str, subject: &str, groups: &str, just_asked: bool) -> Claims {
        let groups = match self.0.get(groups) {
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(|g| g.as_str().map(str::to_owned))
                .collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        Claims {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            email: self.text("email"),
            email_verified: self.0.get("email_verified") == Some(&Value::Bool(true)),
            name: self.text("name"),
            zone: self.text("zoneinfo"),
            groups,
            just_asked,
        }
    }
}

/// An error with those behind it, for the log.
fn away(e: impl std::error::Error) -> Refusal {
    Refusal::Away(chain(&e))
}

/// What is wrong with a signed document, without a word of what stands in it.
fn unsound(e: &ClaimsVerificationError) -> Refusal {
    use ClaimsVerificationError as E;
    Refusal::Wrong(match e {
        E::Expired(_) => "its token has run out, or is not yet of now",
        E::InvalidAudience(_) => "its token is for somebody else than this Rebound",
        E::InvalidIssuer(_) => "its token names another issuer",
        E::InvalidNonce(_) => "its token answers another sign-in",
        E::InvalidSubject(_) => "its documents are about different people",
        E::InvalidAuthTime(_) => "its token is of another sign-in than the one asked for",
        E::SignatureVerification(_) => "its token is not signed by a key of its own",
        _ => "its token is not one that can be checked",
    })
}

/// Why a token endpoint gave no token: a code of the standard.
fn refused_code(code: &CoreErrorResponseType) -> &'static str {
    use CoreErrorResponseType as E;
    match code {
        E::InvalidClient => "it does not know this Rebound, or not by this secret (invalid_client)",
        E::InvalidGrant => "it does not take the code or the proof key (invalid_grant)",
        E::InvalidRequest => "it does not take the request (invalid_request)",
        E::InvalidScope => "it does not offer what was asked for (invalid_scope)",
        E::UnauthorizedClient => "this Rebound may not ask that way (unauthorized_client)",
        E::UnsupportedGrantType => "it does not know the code flow (unsupported_grant_type)",
        _ => "it gave no token",
    }
}

fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut next = e.source();
    while let Some(e) = next {
        text.push_str(": ");
        text.push_str(&e.to_string());
        next = e.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn heard(documents: &[Value]) -> (String, bool) {
        let mut said = Said::default();
        for document in documents {
            said.hear(document).expect("claims");
        }
        let claims = said.claims("https://sign-on.example", "jun", "groups", false);
        (claims.email, claims.email_verified)
    }

    #[test]
    fn an_address_and_whether_it_is_verified_come_from_one_document() {
        let (mail, other) = ("jun@example.com", "ada@example.com");
        for (documents, is) in [
            // Verified, but of which address?
            (
                vec![json!({"email_verified": true}), json!({"email": mail})],
                (mail, false),
            ),
            (
                vec![json!({"email": mail}), json!({"email_verified": true})],
                (mail, false),
            ),
            (
                vec![
                    json!({"email": mail}),
                    json!({"email": other, "email_verified": true}),
                ],
                (mail, false),
            ),
            (
                vec![
                    json!({"email_verified": true}),
                    json!({"email": mail, "email_verified": false}),
                ],
                (mail, false),
            ),
            (
                vec![
                    json!({"email_verified": false}),
                    json!({"email": mail, "email_verified": true}),
                ],
                (mail, true),
            ),
            (
                vec![json!({"email": mail, "email_verified": true}), json!({})],
                (mail, true),
            ),
            (
                vec![json!({"email": mail, "email_verified": "true"})],
                (mail, false),
            ),
            (vec![json!({"email_verified": true})], ("", false)),
        ] {
            assert_eq!(heard(&documents), (is.0.to_owned(), is.1), "{documents:?}");
        }
    }
}
