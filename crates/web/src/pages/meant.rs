//! What the choices of the mapping page say, and what is wrong with a file in plain words.

use std::fs::File;

use domain::Zone;
use exchange::{DateOrder, Field, Format, Mapping, OpenError, RowKind, ValueMap};

use crate::fields::Fields;
use crate::pages::mapping::{column_of, effective};

/// What the page's choices say, over what was said before. A choice that only shows what the file's
/// format knows by itself is not taken for somebody's word.
pub(crate) fn read(
    file: File,
    mut mapping: Mapping,
    zone: &Zone,
    fields: &Fields,
) -> Result<Mapping, String> {
    let format = match fields.opt("format") {
        Some(code) => Some(
            code.parse::<Format>()
                .map_err(|e| crate::fields::sentence(&e))?,
        ),
        None => None,
    };
    if format != mapping.format {
        // Another format has columns of its own; what was chosen for the old one goes.
        return Ok(Mapping {
            format,
            zone: mapping.zone,
            ..Mapping::default()
        });
    }
    let before = exchange::preview(file, &mapping, zone).ok();
    let shown = effective(before.as_ref(), &mapping);
    for &field in Field::ALL {
        let name = format!("map-{field}");
        if fields.has(&name) && fields.get(&name) != column_of(&shown, field).trim() {
            mapping.columns.retain(|(f, _)| *f != field);
            mapping.columns.push((field, fields.get(&name).to_owned()));
        }
    }
    if fields.has("rows") {
        mapping.rows = fields
            .opt("rows")
            .map(str::parse::<RowKind>)
            .transpose()
            .map_err(|e| crate::fields::sentence(&e))?;
    }
    if let Some(name) = fields.opt("zone") {
        let chosen = Zone::new(name).map_err(|e| crate::fields::sentence(&e))?;
        mapping.zone = Some(chosen).filter(|z| mapping.zone.is_some() || z != zone);
    }
    if fields.has("dates") {
        mapping.date_format = fields
            .opt("dates")
            .map(str::parse::<DateOrder>)
            .transpose()
            .map_err(|e| crate::fields::sentence(&e))?;
    }
    for n in 0.. {
        let (field, from) = (format!("value-field-{n}"), format!("value-from-{n}"));
        if !fields.has(&field) {
            break;
        }
        let field: Field = fields
            .get(&field)
            .parse()
            .map_err(|e| crate::fields::sentence(&e))?;
        let (from, to) = (fields.get(&from), fields.get(&format!("value-to-{n}")));
        mapping
            .values
            .retain(|v| v.field != field || v.from != from);
        if !to.is_empty() {
            let value = ValueMap::new(field, from, to).map_err(|e| crate::fields::sentence(&e))?;
            mapping.values.push(value);
        }
    }
    Ok(mapping)
}

/// What is wrong with a file, for somebody on a page.
pub(crate) fn sentence(error: &OpenError) -> String {
    match error {
        OpenError::NoOutcome { .. } => {
            "No column says what came of each row yet. Choose one for “Outcome” below.".into()
        }
        OpenError::NoColumn { field, column, .. } => {
            format!(
                "There is no column “{column}” any more; choose another for “{}”.",
                field.label()
            )
        }
        other => crate::fields::sentence(other),
    }
}

/// A reason without what only the command line understands.
pub(crate) fn plain(reason: &str) -> String {
    let text = reason.replace(
        "add --date-format dmy or --date-format mdy",
        "choose whether the day or the month stands first",
    );
    match text.split_once("; say what it means with --value") {
        Some((what, _)) => format!("{what}; choose what it means."),
        None => text,
    }
}
