//! Ledgers to look at: a handful with something of everything, and a great many.

use serde_json::Value;
use testkit::client::Client;
use testkit::server::Server;

/// Addresses of pages that no other page links to just now.
pub(crate) struct Filled {
    pub(crate) prospect: String,
    pub(crate) others: Vec<String>,
}

const SMALL: &str = r#"at,prospect,company,email,phone,outcome,stage,channel,reason,said_by,words,segment,pitch
-9d,Ada Merrow,Whitlock Print,ada@whitlock.example,+44 20 7946 0182,no,opener,call,N4,prospect,"We have no money for this, sorry.",Print,Short
-8d,Bram Osei,Quillfeather,bram@quillfeather.example,,no,demo,meeting,N6,seller_guess,,Pens,Short
-8d,Cleo Tarn,Tarn & Tow,,+351 21 000 0000,yes,proposal,meeting,,,,Rope,Long
-7d,Dario Voss,,,,no_reply,opener,call,,,,,
-6d,Elin Frost,Alder & Sons Cabinet Makers and Joiners of the Lower Valley,elin@alder.example,,not_now,discovery,call,,,After the audit,Wood,
-5d,Fenna Holt,Harrowgate,fenna@harrowgate.example,+44 20 7946 0190,send_info,opener,email,,,,,
-4d,Gil Sandoval,Ostrava,,,no,opener,call,,,,,
-3d,Ada Merrow,Whitlock Print,ada@whitlock.example,+44 20 7946 0182,no,discovery,call,N2,prospect,"Not before the new year. Ring me in February, after the fair, and bring the short version.",Print,Short
-2d,Hanne Brook,Mossbank,,,no_reply,opener,email,,,,,
-1d,Ivo Tern,Cedarholm,ivo@cedarholm.example,+44 20 7946 0177,no,opener,call,N1,prospect,,Wood,Long
,Jonas Reed,Birchwood,,,no,opener,visit,,,,,
"#;

/// A handful, with something of everything.
pub(crate) fn small(server: &Server, client: &Client) -> Filled {
    let now = jiff::Timestamp::now();
    let text: String = SMALL
        .lines()
        .map(|line| match line.split_once("d,") {
            Some((ago, rest)) if ago.starts_with('-') => {
                let days: i64 = ago.parse().expect("a number of days");
                let at = now + jiff::SignedDuration::from_hours(24 * days);
                format!("{at:.0},{rest}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    import(server, "small.csv", &text);
    let deals = super::super::cli::fixture("pipedrive-deals");
    run(server, &["import", &deals.display().to_string()]);

    let mut others = Vec::new();
    let ada = prospect(server, "Ada Merrow");
    post(
        client,
        &format!("/prospects/{ada}/note"),
        &[("note", "Prefers mornings; the studio closes on Fridays.")],
    );
    post(
        client,
        &format!("/prospects/{ada}/deals"),
        &[
            ("title", "Rota software, 40 seats"),
            ("value", "1250"),
            ("currency", "EUR"),
        ],
    );
    post(
        client,
        "/call-list",
        &[(
            "list",
            "Wim Daalder; Kestrel Boxes; wim@kestrel.example\nIlse Brandt, Corvane Packaging, 020 7946 0182",
        )],
    );

    // Due yesterday.
    let late = (now - jiff::SignedDuration::from_hours(24 * 60)).to_string();
    post(
        client,
        "/log",
        &[
            ("other", "Karel Moss, Fernhill"),
            ("outcome", "not_now"),
            ("at", &late),
        ],
    );
    // One corrected, one taken back, one left alone, two merged, one forgotten.
    let bram = attempt(server, "Bram Osei");
    post(
        client,
        &format!("/attempts/{bram}"),
        &[
            ("outcome", "no"),
            ("stage", "proposal"),
            ("channel", "call"),
        ],
    );
    let dario = attempt(server, "Dario Voss");
    post(client, &format!("/undo/{dario}"), &[]);
    others.push(format!("/attempts/{dario}"));
    let ivo = prospect(server, "Ivo Tern");
    post(
        client,
        &format!("/prospects/{ivo}/contact"),
        &[("stop", "1")],
    );
    others.push(format!("/prospects/{ivo}"));
    run(server, &["no", "A. Merrow, Whitlock Print"]);
    let twin = prospect(server, "A. Merrow");
    post(
        client,
        &format!("/prospects/{ada}/merge"),
        &[("with", &twin)],
    );
    run(server, &["no", "Nobody Known"]);
    let gone = prospect(server, "Nobody Known");
    post(client, &format!("/prospects/{gone}/forget"), &[]);
    others.push(format!("/prospects/{gone}"));
    others.push(format!("/prospects/{ada}/merge?q=osei"));
    others.push(format!(
        "/prospects/{ada}/merge?with={}",
        prospect(server, "Bram Osei")
    ));

    // After a no, and what else is reached only by doing something.
    let last = attempt(server, "Gil Sandoval");
    others.push(format!("/logged/{last}"));
    for page in ["reason", "outcome", "follow-up"] {
        others.push(format!("/noes/{page}?id={last}&id={bram}"));
    }
    others.push(format!("/today?done={last}"));
    others.push("/today?other=merrow".into());
    others.push("/noes?q=nobody+of+this+name".into());
    others.push("/breath".into());
    others.push("/offline".into());
    others.push("/no/such/page".into());
    let file = super::super::cli::fixture("hubspot-deals");
    let bytes = std::fs::read(file).expect("a fixture");
    let upload = testkit::client::Upload {
        field: "file",
        name: "hubspot-deals.csv",
        media_type: "text/csv",
        bytes: &bytes,
    };
    let reply = client.post_multipart("/import", &[], upload);
    others.push(reply.location().expect("the file's page").to_owned());
    Filled {
        prospect: ada,
        others,
    }
}

/// Two years of a busy seller, by a file of `rows` rows.
pub(crate) fn huge(server: &Server, rows: usize) {
    const FIRST: [&str; 12] = [
        "Ada", "Bram", "Cleo", "Dario", "Elin", "Fenna", "Gil", "Hanne", "Ivo", "Jonas", "Karel",
        "Liv",
    ];
    const LAST: [&str; 11] = [
        "Merrow", "Osei", "Tarn", "Voss", "Frost", "Holt", "Sandoval", "Brook", "Tern", "Reed",
        "Moss",
    ];
    const FIRMS: [&str; 7] = [
        "Whitlock Print",
        "Quillfeather",
        "Tarn & Tow",
        "Alder & Sons",
        "Harrowgate",
        "Mossbank",
        "Cedarholm",
    ];
    const STAGES: [&str; 5] = ["opener", "opener", "discovery", "demo", "proposal"];
    const OUTCOMES: [&str; 10] = [
        "no",
        "no_reply",
        "no",
        "not_now",
        "no",
        "no_reply",
        "send_info",
        "no",
        "no",
        "yes",
    ];
    let now = jiff::Timestamp::now();
    let mut text = String::from("at,prospect,company,phone,outcome,stage,channel,reason,said_by\n");
    for n in 0..rows {
        // Spread without a pattern that a picture would show.
        let mix = n.wrapping_mul(2_654_435_761) >> 7;
        let minutes = i64::try_from((rows - n) * 1_051_200 / rows).unwrap_or(0);
        let at = now - jiff::SignedDuration::from_mins(minutes + 30);
        let outcome = OUTCOMES[mix % 10];
        let (reason, by) = match mix % 4 {
            0 if outcome == "no" => (format!("N{}", mix % 14), "prospect"),
            1 if outcome == "no" => (format!("N{}", mix % 9), "seller_guess"),
            _ => (String::new(), ""),
        };
        text.push_str(&format!(
            "{at:.0},{} {} {},{},020 7946 {:04},{outcome},{},{},{reason},{by}\n",
            FIRST[mix % 12],
            LAST[mix % 11],
            n / 3,
            FIRMS[mix % 7],
            n / 3 % 10_000,
            STAGES[mix % 5],
            ["call", "email", "meeting"][mix % 3],
        ));
    }
    import(server, "huge.csv", &text);
}

/// Brings in a file.
pub(crate) fn import(server: &Server, name: &str, text: &str) {
    let file = server.home().join(name);
    std::fs::write(&file, text).expect("a file can be written");
    let done = run(server, &["import", &file.display().to_string()]);
    assert_eq!(done["errors"], Value::Array(Vec::new()));
}

pub(crate) fn run(server: &Server, args: &[&str]) -> Value {
    let output = server.command(&[&["--json"], args].concat());
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("one object")
}

fn newest(server: &Server, name: &str, key: &str) -> String {
    let found = run(server, &["noes", "--outcome", "all", "--find", name]);
    let id = found["noes"][0][key].as_str();
    id.unwrap_or_else(|| panic!("{name} is not there: {found}"))
        .to_owned()
}

fn prospect(server: &Server, name: &str) -> String {
    newest(server, name, "prospect")
}

fn attempt(server: &Server, name: &str) -> String {
    newest(server, name, "attempt")
}

pub(crate) fn post(client: &Client, path: &str, fields: &[(&str, &str)]) {
    let reply = client.post_form(path, fields);
    assert!(
        (200..400).contains(&reply.status),
        "{path} answers {}: {}",
        reply.status,
        reply.text()
    );
}
