//! What is known about each built-in format: how to tell it, and which column is what.
//!
//! Header names are what the programs write in English; other languages come through a mapping.
//! Several names for one thing stand in the order in which they are trusted; of those that a file
//! has, each row's first filled one counts.

use domain::Channel;

use crate::{Field, Format, RowKind};

/// Columns that are no neutral field by themselves but decide one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Helper {
    /// Rebound's own word for the outcome, in files that went through Rebound before.
    OwnOutcome,
    /// A flag: the deal is won.
    Won,
    /// A flag: the deal is lost.
    Lost,
    /// A flag: the deal is won or lost.
    Closed,
    /// When it was won.
    WonAt,
    /// When it was lost.
    LostAt,
    /// Whether a task or activity is done.
    Done,
    /// Clock time that belongs to a date in another column.
    Clock,
    /// The prospect's id in the source.
    ProspectId,
    /// Their company's id in the source.
    CompanyId,
    /// The id of the deal that an ask belongs to.
    DealId,
    /// The deal's stage in the source's own words.
    DealStage,
    /// Says something only for calls.
    CallSign,
}

/// The name of [`Helper::OwnOutcome`]'s column.
pub(crate) const OWN_OUTCOME: &str = "Rebound outcome";

/// One built-in format.
pub(crate) struct Known {
    pub(crate) format: Format,
    pub(crate) rows: RowKind,
    /// The channel of every row, where there is only one.
    pub(crate) channel: Option<Channel>,
    /// A file is of this format when it has one header of each group.
    pub(crate) told_by: &'static [&'static [&'static str]],
    pub(crate) fields: &'static [(Field, &'static [&'static str])],
    pub(crate) helpers: &'static [(Helper, &'static [&'static str])],
}

/// The built-in formats, the more particular ones first.
pub(crate) const KNOWN: &[Known] = &[
    Known {
        format: Format::PipedriveActivities,
        rows: RowKind::Asks,
        channel: None,
        told_by: &[
            &["activity - subject", "activity - type"],
            &[
                "activity - id",
                "activity - due date",
                "activity - add time",
            ],
        ],
        fields: &[
            (Field::Id, &["activity - id"]),
            (
                Field::At,
                &["activity - marked as done time", "activity - due date"],
            ),
            (
                Field::Rep,
                &["activity - assigned to user", "activity - creator"],
            ),
            (
                Field::Prospect,
                &["activity - contact person", "person - name"],
            ),
            (
                Field::Company,
                &["activity - organization", "organization - name"],
            ),
            (Field::Email, &["person - email - work", "person - email"]),
            (Field::Phone, &["person - phone - work", "person - phone"]),
            (Field::Deal, &["activity - deal", "deal - title"]),
            (Field::Channel, &["activity - type"]),
        ],
        helpers: &[
            (
                Helper::OwnOutcome,
                &["rebound outcome", "activity - rebound outcome"],
            ),
            (Helper::Done, &["activity - done", "activity - status"]),
            (Helper::Clock, &["activity - due time"]),
            (
                Helper::ProspectId,
                &["activity - contact person id", "person - id"],
            ),
            (
                Helper::CompanyId,
                &["activity - organization id", "organization - id"],
            ),
            (Helper::DealId, &["activity - deal id", "deal - id"]),
        ],
    },
    Known {
        format: Format::PipedriveDeals,
        rows: RowKind::Deals,
        channel: None,
        told_by: &[
            &["deal - title", "deal - id"],
            &["deal - status", "deal - stage"],
        ],
        fields: &[
            (Field::Id, &["deal - id"]),
            (Field::At, &["deal - deal closed on", "deal - closed on"]),
            (Field::Rep, &["deal - owner", "deal - creator"]),
            (Field::Prospect, &["deal - contact person", "person - name"]),
            (
                Field::Company,
                &["deal - organization", "organization - name"],
            ),
            (Field::Email, &["person - email - work", "person - email"]),
            (Field::Phone, &["person - phone - work", "person - phone"]),
            (Field::Deal, &["deal - title"]),
            (Field::Outcome, &["deal - status"]),
            (Field::Reason, &["deal - lost reason"]),
            (Field::Value, &["deal - value"]),
            (
                Field::Currency,
                &["deal - currency of value", "deal - currency"],
            ),
        ],
        helpers: &[
            (Helper::WonAt, &["deal - won time"]),
            (Helper::LostAt, &["deal - lost time"]),
            (
                Helper::ProspectId,
                &["deal - contact person id", "person - id"],
            ),
            (
                Helper::CompanyId,
                &["deal - organization id", "organization - id"],
            ),
            (Helper::DealStage, &["deal - stage"]),
        ],
    },
    Known {
        format: Format::HubspotCalls,
        rows: RowKind::Asks,
        channel: Some(Channel::Call),
        told_by: &[
            &["call outcome", "hs_call_disposition"],
            &[
                "activity date",
                "call title",
                "hs_timestamp",
                "hs_call_title",
            ],
        ],
        fields: &[
            (Field::Id, &["record id", "hs_object_id"]),
            (Field::At, &["activity date", "hs_timestamp"]),
            (Field::Rep, &["activity assigned to", "hubspot_owner_id"]),
            (
                Field::Prospect,
                &["associated contact", "associated contacts", "contact"],
            ),
            (
                Field::Company,
                &["associated company", "associated companies"],
            ),
            (Field::Email, &["email"]),
            (Field::Phone, &["to number", "phone number"]),
            (Field::Deal, &["associated deal", "associated deals"]),
            (Field::Outcome, &["call outcome", "hs_call_disposition"]),
        ],
        helpers: &[
            (Helper::OwnOutcome, &["rebound outcome"]),
            (Helper::ProspectId, &["associated contact ids"]),
            (Helper::CompanyId, &["associated company ids"]),
            (Helper::DealId, &["associated deal ids"]),
        ],
    },
    Known {
        format: Format::HubspotDeals,
        rows: RowKind::Deals,
        channel: None,
        told_by: &[&["deal name", "dealname"], &["deal stage", "dealstage"]],
        fields: &[
            (Field::Id, &["record id", "deal id", "hs_object_id"]),
            (Field::At, &["close date", "closedate"]),
            (Field::Rep, &["deal owner", "hubspot_owner_id"]),
            (
                Field::Prospect,
                &["associated contact", "associated contacts"],
            ),
            (
                Field::Company,
                &["associated company", "associated companies"],
            ),
            (Field::Email, &["email"]),
            (Field::Phone, &["phone number"]),
            (Field::Deal, &["deal name", "dealname"]),
            (Field::Outcome, &["deal stage", "dealstage"]),
            (Field::Reason, &["closed lost reason", "closed_lost_reason"]),
            (Field::Value, &["amount"]),
            (Field::Currency, &["currency", "deal_currency_code"]),
        ],
        helpers: &[
            (Helper::Won, &["is closed won", "hs_is_closed_won"]),
            (Helper::Lost, &["is closed lost", "hs_is_closed_lost"]),
            (
                Helper::Closed,
                &["is deal closed?", "is closed", "hs_is_closed"],
            ),
            (Helper::ProspectId, &["associated contact ids"]),
            (Helper::CompanyId, &["associated company ids"]),
            (Helper::DealStage, &["deal stage", "dealstage"]),
        ],
    },
    Known {
        format: Format::SalesforceTasks,
        rows: RowKind::Asks,
        channel: None,
        told_by: &[
            &["whoid", "whatid"],
            &["subject"],
            &["activitydate", "status", "calldisposition", "tasksubtype"],
        ],
        fields: &[
            (Field::Id, &["id"]),
            (Field::At, &["completeddatetime", "activitydate"]),
            (Field::Rep, &["owner.name", "ownerid"]),
            (Field::Prospect, &["who.name"]),
            (Field::Company, &["account.name"]),
            (Field::Email, &["who.email"]),
            (Field::Phone, &["who.phone"]),
            (Field::Deal, &["what.name"]),
            (Field::Channel, &["tasksubtype", "type"]),
            (Field::Outcome, &["calldisposition"]),
        ],
        helpers: &[
            (
                Helper::OwnOutcome,
                &["rebound outcome", "rebound_outcome__c"],
            ),
            (Helper::Done, &["status"]),
            (Helper::ProspectId, &["whoid"]),
            (Helper::CompanyId, &["accountid"]),
            (Helper::DealId, &["whatid"]),
            (
                Helper::CallSign,
                &["calltype", "calldurationinseconds", "calldisposition"],
            ),
        ],
    },
    Known {
        format: Format::SalesforceOpportunities,
        rows: RowKind::Deals,
        channel: None,
        told_by: &[&["stagename"], &["id", "name", "closedate"]],
        fields: &[
            (Field::Id, &["id"]),
            (Field::At, &["closedate"]),
            (Field::Rep, &["owner.name", "ownerid"]),
            (Field::Prospect, &["contact.name"]),
            (Field::Company, &["account.name"]),
            (Field::Deal, &["name"]),
            (Field::Outcome, &["stagename"]),
            // Each company names its own field; any "…Reason__c" is found too.
            (
                Field::Reason,
                &["loss_reason__c", "closed_lost_reason__c", "lost_reason__c"],
            ),
            (Field::Value, &["amount"]),
            (Field::Currency, &["currencyisocode"]),
        ],
        helpers: &[
            (Helper::Won, &["iswon"]),
            (Helper::Closed, &["isclosed"]),
            (Helper::ProspectId, &["contactid"]),
            (Helper::CompanyId, &["accountid"]),
            (Helper::DealStage, &["stagename"]),
        ],
    },
    Known {
        format: Format::SalesforceReport,
        rows: RowKind::Deals,
        channel: None,
        told_by: &[&["opportunity name"], &["stage", "won", "closed"]],
        fields: &[
            (Field::Id, &["opportunity id", "18 digit opportunity id"]),
            (Field::At, &["close date"]),
            (Field::Rep, &["opportunity owner", "owner"]),
            (Field::Prospect, &["contact name", "primary contact"]),
            (Field::Company, &["account name"]),
            (Field::Email, &["email", "contact email"]),
            (Field::Phone, &["phone", "contact phone"]),
            (Field::Deal, &["opportunity name"]),
            (Field::Outcome, &["stage"]),
            (
                Field::Reason,
                &["loss reason", "closed lost reason", "lost reason"],
            ),
            (Field::Value, &["amount"]),
            (
                Field::Currency,
                &["amount currency", "opportunity currency", "currency"],
            ),
        ],
        helpers: &[
            (Helper::Won, &["won"]),
            (Helper::Closed, &["closed"]),
            (Helper::ProspectId, &["contact id"]),
            (Helper::CompanyId, &["account id"]),
            (Helper::DealStage, &["stage"]),
        ],
    },
    Known {
        format: Format::ZohoDeals,
        rows: RowKind::Deals,
        channel: None,
        told_by: &[
            &["deal name", "potential name"],
            &["stage"],
            &["closing date", "record id"],
        ],
        fields: &[
            (Field::Id, &["record id", "deal id", "potential id"]),
            (Field::At, &["closing date"]),
            (Field::Rep, &["deal owner", "potential owner", "owner"]),
            (Field::Prospect, &["contact name"]),
            (Field::Company, &["account name"]),
            (Field::Email, &["email"]),
            (Field::Phone, &["phone"]),
            (Field::Deal, &["deal name", "potential name"]),
            (Field::Outcome, &["stage"]),
            (
                Field::Reason,
                &["reason for loss", "reason for loss__s", "lost reason"],
            ),
            (Field::Value, &["amount"]),
            (Field::Currency, &["currency"]),
        ],
        helpers: &[
            (Helper::ProspectId, &["contact name.id", "contact name id"]),
            (Helper::CompanyId, &["account name.id", "account name id"]),
            (Helper::DealStage, &["stage"]),
        ],
    },
];

/// What is known about a format; nothing for [`Format::Rebound`] and [`Format::Generic`].
pub(crate) fn known(format: Format) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.format == format)
}

/// One spelling for a header.
pub(crate) fn header_key(header: &str) -> String {
    header.trim().to_lowercase()
}

/// The format whose headers these are. `headers` as they stand, without spaces around them.
pub(crate) fn detect(headers: &[String]) -> Format {
    let keys: Vec<String> = headers.iter().map(|h| header_key(h)).collect();
    let has = |name: &str| keys.iter().any(|key| key == name);
    if let Some(known) = KNOWN.iter().find(|known| {
        known
            .told_by
            .iter()
            .all(|group| group.iter().any(|name| has(name)))
    }) {
        return known.format;
    }
    let exactly = |field: Field| headers.iter().any(|h| h == field.code());
    if exactly(Field::Outcome)
        && [Field::Id, Field::Prospect, Field::At]
            .into_iter()
            .any(exactly)
    {
        return Format::Rebound;
    }
    Format::Generic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Format {
        detect(
            &line
                .split(',')
                .map(|h| h.trim().to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn formats_are_told_by_their_headers() {
        for (line, format) in [
            (
                "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount",
                Format::HubspotDeals,
            ),
            (
                "Record ID,Call Title,Activity date,Call direction,Call outcome",
                Format::HubspotCalls,
            ),
            (
                "Deal - ID,Deal - Title,Deal - Status,Deal - Lost reason",
                Format::PipedriveDeals,
            ),
            (
                "Activity - ID,Activity - Subject,Activity - Type",
                Format::PipedriveActivities,
            ),
            (
                "Opportunity Owner,Account Name,Opportunity Name,Stage",
                Format::SalesforceReport,
            ),
            (
                "Id,AccountId,Name,StageName,CloseDate,IsWon",
                Format::SalesforceOpportunities,
            ),
            (
                "Id,WhoId,WhatId,Subject,ActivityDate,Status",
                Format::SalesforceTasks,
            ),
            (
                "Record Id,Deal Name,Account Name,Stage,Closing Date",
                Format::ZohoDeals,
            ),
            ("id,at,prospect,outcome", Format::Rebound),
            ("RECORD ID,DEAL NAME,DEAL STAGE", Format::HubspotDeals),
            ("Outcome,Prospect", Format::Generic),
            ("age,job,campaign,y", Format::Generic),
        ] {
            assert_eq!(told(line), format, "{line}");
        }
    }

    #[test]
    fn names_are_in_the_spelling_they_are_looked_up_by() {
        for known in KNOWN {
            let groups = known.told_by.iter().copied();
            let fields = known.fields.iter().map(|(_, names)| *names);
            let helpers = known.helpers.iter().map(|(_, names)| *names);
            for name in groups.chain(fields).chain(helpers).flatten() {
                assert_eq!(header_key(name), *name);
            }
        }
        assert_eq!(header_key(OWN_OUTCOME), "rebound outcome");
    }
}
