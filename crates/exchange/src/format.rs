//! Which program a file came from, and whether its rows are deals or asks.

use std::fmt;
use std::str::FromStr;

/// Where a file comes from, told by its headers and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Deals exported from HubSpot.
    HubspotDeals,
    /// Calls exported from HubSpot.
    HubspotCalls,
    /// Deals exported from Pipedrive.
    PipedriveDeals,
    /// Activities exported from Pipedrive.
    PipedriveActivities,
    /// A Salesforce report over opportunities, with labels as headers.
    SalesforceReport,
    /// Opportunities from a Salesforce data export, with API names as headers.
    SalesforceOpportunities,
    /// Tasks from a Salesforce data export, with API names as headers.
    SalesforceTasks,
    /// Deals exported from Zoho CRM.
    ZohoDeals,
    /// Rebound's own neutral export.
    Rebound,
    /// Anything else, read through a mapping.
    Generic,
}

/// A name that is none of the formats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{found}” is not a format Rebound knows; use one of: {known}")]
pub struct UnknownFormat {
    /// The text that was found.
    pub found: String,
    /// Every format, separated by commas.
    pub known: String,
}

impl Format {
    /// Every format, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[
        Self::HubspotDeals,
        Self::HubspotCalls,
        Self::PipedriveDeals,
        Self::PipedriveActivities,
        Self::SalesforceReport,
        Self::SalesforceOpportunities,
        Self::SalesforceTasks,
        Self::ZohoDeals,
        Self::Rebound,
        Self::Generic,
    ];

    /// The formats a CRM takes back, so that [`crate::CrmWriter`] writes them.
    pub const WRITABLE: &'static [Self] = &[
        Self::HubspotDeals,
        Self::HubspotCalls,
        Self::PipedriveDeals,
        Self::PipedriveActivities,
        Self::SalesforceOpportunities,
        Self::SalesforceTasks,
        Self::ZohoDeals,
    ];

    /// The stable code; also the `kind` of an imported attempt's source.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HubspotDeals => "hubspot-deals",
            Self::HubspotCalls => "hubspot-calls",
            Self::PipedriveDeals => "pipedrive-deals",
            Self::PipedriveActivities => "pipedrive-activities",
            Self::SalesforceReport => "salesforce-report",
            Self::SalesforceOpportunities => "salesforce-opportunities",
            Self::SalesforceTasks => "salesforce-tasks",
            Self::ZohoDeals => "zoho-deals",
            Self::Rebound => "rebound",
            Self::Generic => "generic",
        }
    }

    /// What a page calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HubspotDeals => "HubSpot deals",
            Self::HubspotCalls => "HubSpot calls",
            Self::PipedriveDeals => "Pipedrive deals",
            Self::PipedriveActivities => "Pipedrive activities",
            Self::SalesforceReport => "Salesforce report",
            Self::SalesforceOpportunities => "Salesforce opportunities",
            Self::SalesforceTasks => "Salesforce tasks",
            Self::ZohoDeals => "Zoho deals",
            Self::Rebound => "Rebound",
            Self::Generic => "Any other table",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_lowercase();
        Self::ALL
            .iter()
            .copied()
            .find(|f| f.code() == wanted)
            .ok_or_else(|| UnknownFormat {
                found: text.trim().to_owned(),
                known: Self::ALL
                    .iter()
                    .map(|f| f.code())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }
}

/// What one row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// A deal: an attempt once it is won or lost, an open deal until then.
    Deals,
    /// One or more asks; a deal is only linked.
    Asks,
}

impl RowKind {
    /// The stable code: `deals` or `asks`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deals => "deals",
            Self::Asks => "asks",
        }
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A word that is neither `deals` nor `asks`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” does not say what a row is; write deals or asks")]
pub struct UnknownRowKind(pub String);

impl FromStr for RowKind {
    type Err = UnknownRowKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "deals" => Ok(Self::Deals),
            "asks" => Ok(Self::Asks),
            _ => Err(UnknownRowKind(text.trim().to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for &format in Format::ALL {
            assert_eq!(format.code().parse(), Ok(format));
        }
        assert_eq!("asks".parse(), Ok(RowKind::Asks));
        assert!("excel".parse::<Format>().is_err());
        assert!("rows".parse::<RowKind>().is_err());
    }
}
