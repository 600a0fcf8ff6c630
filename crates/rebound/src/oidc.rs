//! What `rebound serve` is told about another provider to sign in by.

use std::path::PathBuf;

use app::provider::GroupRoles;
use app::{AppError, Kind};
use clap::Args;
use domain::Role;
use web::Provider;

/// Where the secret may stand instead of a file; never on the command line, which others can read.
const SECRET: &str = "REBOUND_OIDC_CLIENT_SECRET";

#[derive(Debug, Default, Args)]
#[allow(
    rustdoc::bare_urls,
    reason = "the text is the help, where brackets would show"
)]
#[command(next_help_heading = "Single sign-on")]
pub(crate) struct Oidc {
    /// The provider people may sign in by (OpenID Connect), such as https://sign-on.example
    #[arg(long, value_name = "URL", env = "REBOUND_OIDC_ISSUER")]
    pub(crate) oidc_issuer: Option<String>,
    /// What this Rebound is called there
    #[arg(long, value_name = "ID", env = "REBOUND_OIDC_CLIENT_ID")]
    pub(crate) oidc_client_id: Option<String>,
    /// A file with its secret there; REBOUND_OIDC_CLIENT_SECRET may hold it instead
    #[arg(long, value_name = "FILE")]
    pub(crate) oidc_client_secret_file: Option<PathBuf>,
    /// What people call the provider, for the button [default: single sign-on]
    #[arg(long, value_name = "NAME", env = "REBOUND_OIDC_NAME")]
    pub(crate) oidc_name: Option<String>,
    /// The claim that lists somebody's groups [default: groups]
    #[arg(long, value_name = "CLAIM", env = "REBOUND_OIDC_GROUPS_CLAIM")]
    pub(crate) oidc_groups_claim: Option<String>,
    /// Which group means which role, as in sales-leads=lead; may be repeated. With one of these,
    /// newcomers in none of the groups are refused
    #[arg(long = "oidc-role", value_name = "GROUP=ROLE", value_parser = group_role)]
    pub(crate) oidc_roles: Vec<(String, Role)>,
}

fn group_role(text: &str) -> Result<(String, Role), String> {
    let (group, role) = text
        .rsplit_once('=')
        .filter(|(group, _)| !group.trim().is_empty())
        .ok_or("write a group and a role, such as sales-leads=lead")?;
    let role = role.trim().parse::<Role>().map_err(|e| e.to_string())?;
    Ok((group.trim().to_owned(), role))
}

impl Oidc {
    /// What was said before the command, or after it.
    pub(crate) fn or(self, more: Self) -> Self {
        let roles = if more.oidc_roles.is_empty() {
            self.oidc_roles
        } else {
            more.oidc_roles
        };
        Self {
            oidc_issuer: more.oidc_issuer.or(self.oidc_issuer),
            oidc_client_id: more.oidc_client_id.or(self.oidc_client_id),
            oidc_client_secret_file: more
                .oidc_client_secret_file
                .or(self.oidc_client_secret_file),
            oidc_name: more.oidc_name.or(self.oidc_name),
            oidc_groups_claim: more.oidc_groups_claim.or(self.oidc_groups_claim),
            oidc_roles: roles,
        }
    }

    /// The provider, when one was named.
    ///
    /// # Errors
    /// When something is missing or cannot be used.
    pub(crate) fn provider(self) -> Result<Option<Provider>, AppError> {
        let Some(issuer) = self.oidc_issuer else {
            if self.oidc_client_id.is_some() || !self.oidc_roles.is_empty() {
                return Err(AppError::invalid(
                    "oidc-issuer",
                    "Name the provider with --oidc-issuer.",
                ));
            }
            return Ok(None);
        };
        if !is_kept_private(&issuer) {
            return Err(AppError::invalid(
                "oidc-issuer",
                format!("“{issuer}” is not an https address; a provider has to have one."),
            ));
        }
        let client_id = self.oidc_client_id.ok_or_else(|| {
            AppError::invalid(
                "oidc-client-id",
                "Say what this Rebound is called at the provider, with --oidc-client-id.",
            )
        })?;
        Ok(Some(Provider {
            issuer,
            client_id,
            client_secret: secret(self.oidc_client_secret_file)?,
            name: self.oidc_name.unwrap_or_else(|| "single sign-on".into()),
            groups_claim: self.oidc_groups_claim.unwrap_or_else(|| "groups".into()),
            roles: GroupRoles(self.oidc_roles),
        }))
    }
}

fn secret(file: Option<PathBuf>) -> Result<Option<String>, AppError> {
    let text = match file {
        Some(path) => {
            std::fs::read_to_string(&path).map_err(|e| AppError::file("Cannot read", &path, &e))?
        }
        None => std::env::var(SECRET).unwrap_or_default(),
    };
    let text = text.trim();
    if text.contains(char::is_control) {
        return Err(AppError::new(
            Kind::Invalid,
            "The provider's secret has more than one line.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Whether nobody on the way can read along: https, or this computer itself.
fn is_kept_private(url: &str) -> bool {
    let here = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let is = |start: &str| {
        url.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    };
    url.starts_with("https://") || here.into_iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(issuer: &str) -> Oidc {
        Oidc {
            oidc_issuer: Some(issuer.into()),
            oidc_client_id: Some("rebound".into()),
            ..Oidc::default()
        }
    }

    #[test]
    fn a_provider_is_one_that_nobody_on_the_way_reads_along_with() {
        for good in [
            "https://sign-on.example/realms/acme",
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:8080/",
        ] {
            let provider = given(good).provider().expect("a provider");
            assert_eq!(provider.expect("one").issuer, good);
        }
        for bad in [
            "http://sign-on.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "sign-on.example",
            "",
        ] {
            assert!(given(bad).provider().is_err(), "{bad}");
        }
        assert!(matches!(Oidc::default().provider(), Ok(None)));
        let nameless = Oidc {
            oidc_client_id: None,
            ..given("https://sign-on.example")
        };
        assert!(nameless.provider().is_err());
    }

    #[test]
    fn a_group_means_a_role() {
        assert_eq!(
            group_role("cn=leads,dc=example=lead"),
            Ok(("cn=leads,dc=example".into(), Role::Lead))
        );
        for bad in ["lead", "=lead", "leads=", "leads=chief"] {
            assert!(group_role(bad).is_err(), "{bad}");
        }
    }
}
