//! Speaking with another provider by OpenID Connect: where it is, where to send somebody, and what
//! it says of them when they come back. The code flow with a proof key; what comes back is taken
//! only when the provider signed it for us, now, and for this very sign-in. Who that is here is
//! decided in [`app::provider`].

use std::sync::Mutex;
use std::time::SystemTime;

use app::provider::{Claims, GroupRoles, Pending};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, IssuerUrl, Nonce, NonceVerifier, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
    TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fetch::Fetch;

/// How long what the provider says about itself is taken for true.
const FRESH: SignedDuration = SignedDuration::from_mins(60);
/// Signed with a key we do not know: asked again for its keys, but not more often than this.
const AGAIN: SignedDuration = SignedDuration::from_secs(60);
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

/// Why nobody came in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The provider does not answer, or not as one.
    #[error("it cannot be reached: {0}")]
    Away(String),
    /// What it answered will not do.
    #[error("its answer will not do: {0}")]
    Wrong(String),
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
        let issuer = IssuerUrl::new(self.provider.issuer.clone()).map_err(away)?;
        let fresh = CoreProviderMetadata::discover(&issuer, &|request| self.fetch.send(request))
            .map_err(|e| match e {
                // It is there, and does not call itself what it was called here.
                DiscoveryError::Validation(_) | DiscoveryError::Parse(_) => wrong(chain(&e)),
                e => away(e),
            })?;
        if let Ok(mut known) = self.known.lock() {
            *known = Some((now, fresh.clone()));
        }
        Ok(fresh)
    }

    fn speaker(&self, metadata: CoreProviderMetadata) -> Result<Speaker, Refusal> {
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(wrong)?;
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

    /// Where to send somebody, and what to remember until they come back.
    pub(crate) fn begin(&self, now: Timestamp) -> Result<(String, Pending), Refusal> {
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
        let (url, state, nonce) = self
            .speaker(metadata)?
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(wanted)
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            issuer: self.provider.issuer.clone(),
            next: String::new(),
        };
        Ok((url.into(), pending))
    }

    /// What the provider says of whoever came back with this code.
    pub(crate) fn finish(
        &self,
        now: Timestamp,
        code: String,
        pending: &Pending,
    ) -> Result<Claims, Refusal> {
        let send = |request| self.fetch.send(request);
        let mut speaker = self.speaker(self.metadata(now, FRESH)?)?;
        let tokens = speaker
            .exchange_code(AuthorizationCode::new(code))
            .map_err(wrong)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()))
            .request(&send)
            .map_err(|e| match e {
                openidconnect::RequestTokenError::Request(e) => away(e),
                // Its words may hold the code, so they are not passed on.
                openidconnect::RequestTokenError::ServerResponse(e) => wrong(e.error()),
                _ => Refusal::Wrong("it is no answer of a token endpoint".into()),
            })?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| Refusal::Wrong("there is no ID token".into()))?;
        let nonce = SameNonce(&pending.nonce);
        let first = id_token.claims(&verifier(&speaker, now), nonce);
        let claims = match first {
            Ok(claims) => claims,
            // It may have changed its keys since it was last asked.
            Err(openidconnect::ClaimsVerificationError::SignatureVerification(_)) => {
                speaker = self.speaker(self.metadata(now, AGAIN)?)?;
                let verifier = verifier(&speaker, now);
                id_token.claims(&verifier, nonce).map_err(wrong)?
            }
            Err(e) => return Err(wrong(e)),
        };
        let mut said = Said::default();
        said.hear(claims)?;
        if let Ok(question) = speaker.user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        ) {
            let more: UserInfoClaims<More, CoreGenderClaim> =
                question.request(&send).map_err(|e| match e {
                    openidconnect::UserInfoError::Request(e) => away(e),
                    e => wrong(e),
                })?;
            said.hear(&more)?;
        }
        Ok(said.claims(
            &self.provider.issuer,
            claims.subject().as_str(),
            &self.provider.groups_claim,
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
        let Value::Object(claims) = serde_json::to_value(claims).map_err(wrong)? else {
            return Ok(());
        };
        // Whether an address is verified holds for that address only.
        let address_known = self.0.contains_key("email");
        for (name, value) in claims {
            let of_another_address = address_known && name == "email_verified";
            if !of_another_address && !value.is_null() {
                self.0.entry(name).or_insert(value);
            }
        }
        Ok(())
    }

    fn text(&self, name: &str) -> String {
        let text = self.0.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }

    fn claims(&self, issuer: &str, subject: &str, groups: &str) -> Claims {
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
        }
    }
}

/// An error with those behind it, for the log.
fn away(e: impl std::error::Error) -> Refusal {
    Refusal::Away(chain(&e))
}

fn wrong(e: impl std::fmt::Display) -> Refusal {
    Refusal::Wrong(e.to_string())
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
