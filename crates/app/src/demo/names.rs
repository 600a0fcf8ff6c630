//! Who is in the sample: invented people and firms, reachable nowhere.
//!
//! Addresses lie in domains and numbers in ranges that are set aside for examples and fiction, so
//! that nobody is ever written to or called by trying the sample out.

use std::collections::HashSet;

use domain::Outcome::{self, No, NoReply, NotNow, SendInfo};
use domain::fold;

use super::dice::Dice;
use crate::prospects::Contact;

/// The kinds of firm, by the place their names have below.
pub(super) const SEGMENTS: [&str; 5] = ["Packaging", "Food", "Metalwork", "Joinery", "Print"];

/// Somebody with a part in the first pages.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) company: &'static str,
    /// Place of the segment.
    pub(super) segment: usize,
    /// What came of the last ask, a few days ago, and what they said.
    pub(super) last: Option<(Outcome, Option<&'static str>)>,
}

const fn part(
    name: &'static str,
    company: &'static str,
    segment: usize,
    last: Option<(Outcome, Option<&'static str>)>,
) -> Part {
    Part {
        name,
        company,
        segment,
        last,
    }
}

/// Who comes first on the call list.
pub(super) const NEXT: [usize; 3] = [0, 1, 2];
/// Who was to be called yesterday, today at two and today at half past three.
pub(super) const DUE: [usize; 3] = [3, 4, 5];

/// The people asked last are these.
pub(super) const CAST: [Part; 36] = [
    part(
        "Ilse Brandt",
        "Corvane Packaging",
        0,
        Some((SendInfo, Some("Send me the two-page version."))),
    ),
    part(
        "Joost Hallema",
        "Birk & Daughters",
        3,
        Some((NoReply, None)),
    ),
    part("Sunniva Reyes", "Delmere Cartons", 0, Some((NoReply, None))),
    part(
        "Piet Vanderhall",
        "Loom & Larch",
        3,
        Some((NotNow, Some("Give me a few more days."))),
    ),
    part(
        "Desmond Achterberg",
        "Palewell Bakery",
        1,
        Some((NotNow, Some("Ask again once the auditors have left."))),
    ),
    part(
        "Nadia Ferro",
        "Ostrel Metalworks",
        2,
        Some((SendInfo, Some("Send me a rota from a firm our size."))),
    ),
    part("Rhea Tolland", "Kestrow Print", 4, Some((No, None))),
    part("Tomas Quill", "Harrowmill Tins", 2, None),
    part("Greta Sandvall", "Norrby Joinery", 3, None),
    part("Owen Harcastle", "Pell & Sons Metalwork", 2, None),
    part("Lucia Ambrandt", "Vantry Foods", 1, None),
    part("Henrik Voss", "Delmere Cartons", 0, None),
    part("Ada Merrow", "Whitlock Print", 4, None),
    part("Samir Kade", "Harl Metalworks", 2, None),
    part("Bea Lindgate", "Rowan Crates", 0, None),
    part("Ruben Haske", "Tarn Packaging", 0, None),
    part("Mina Oduar", "Fairlock Foods", 1, None),
    part("Carl Estby", "Brightmoor Steel", 2, None),
    part("Iris Nolan", "Cobden Ovens", 1, None),
    part("Per Solvang", "Hartsholm Wood", 3, None),
    part("Tilda Orne", "Marrow & Pike", 3, None),
    part("Goran Felt", "Sable Sheetmetal", 2, None),
    part("Ines Carvel", "Lantern Foods", 1, None),
    part("Wim Daalder", "Kestrel Boxes", 0, None),
    part("Osric Penhale", "Quayle Cartons", 0, None),
    part("Dunya Falk", "Millrace Dairy", 1, None),
    part("Aino Rautala", "Pinewick Doors", 3, None),
    part("Bram Oosterling", "Veldt Bindery", 4, None),
    part("Celeste Umber", "Foldgate Print", 4, None),
    part("Anselm Grice", "Tornby Castings", 2, None),
    part("Marit Yarrow", "Saltmere Pickles", 1, None),
    part("Dov Kessler", "Lidholm Wraps", 0, None),
    part("Petra Swane", "Ashlar Staircases", 3, None),
    part("Ioan Treharth", "Copperlow Gates", 2, None),
    part("Ysolde Finch", "Inkerby Labels", 4, None),
    part("Rafe Stannick", "Barrowfen Mills", 1, None),
];

const FIRST: [&str; 96] = [
    "Ada", "Agnes", "Aino", "Alda", "Alma", "Amos", "Anders", "Anouk", "Anselm", "Arlo", "Asta",
    "Aurel", "Basil", "Bea", "Benno", "Birgit", "Bram", "Brita", "Carel", "Celia", "Corin",
    "Cosmo", "Dagny", "Daria", "Desmond", "Dina", "Dora", "Edda", "Edwin", "Eira", "Elin", "Elio",
    "Emeric", "Enid", "Esme", "Ezra", "Fenna", "Ferris", "Finn", "Flora", "Freya", "Gideon",
    "Gita", "Goran", "Greta", "Gwen", "Hanno", "Hedda", "Hollis", "Ida", "Ilka", "Imre", "Ingrid",
    "Ione", "Isak", "Ivo", "Jonas", "Juno", "Kaisa", "Karim", "Kit", "Lars", "Leonie", "Linus",
    "Lotte", "Lucian", "Maeve", "Malik", "Marek", "Marit", "Milo", "Mina", "Nadia", "Nils", "Noor",
    "Odette", "Olav", "Oona", "Orla", "Otis", "Paloma", "Petra", "Quentin", "Ravi", "Remy", "Rosa",
    "Ruben", "Samir", "Signe", "Stellan", "Tamsin", "Tilda", "Ulla", "Viggo", "Wanda", "Yara",
];

const LAST_HEAD: [&str; 42] = [
    "Ash", "Bark", "Bel", "Birch", "Brack", "Bram", "Cald", "Cor", "Dal", "Dun", "Ed", "Elm",
    "Fal", "Fen", "Fer", "Gar", "Glen", "Hal", "Harrow", "Haw", "Hol", "Kel", "Lind", "Lor", "Mar",
    "Mer", "Nor", "Oak", "Orm", "Pel", "Quar", "Rad", "Row", "Sand", "Sel", "Tal", "Thorn", "Til",
    "Ulv", "Var", "Wend", "Win",
];

const LAST_TAIL: [&str; 24] = [
    "acre", "bane", "beck", "brook", "croft", "dahl", "den", "ell", "fold", "gate", "grove",
    "haven", "hult", "ick", "lock", "low", "mark", "more", "ness", "ridge", "stad", "vane", "wick",
    "worth",
];

const FIRM_HEAD: [&str; 44] = [
    "Alder", "Amber", "Barrow", "Bright", "Brin", "Cinder", "Clay", "Copper", "Corv", "Dapple",
    "Dove", "Ember", "Fair", "Fern", "Flint", "Gable", "Gild", "Harl", "Haze", "Hearth", "Holm",
    "Kest", "Lark", "Lattice", "Lim", "Loam", "Mill", "Moss", "Ostr", "Pale", "Pewter", "Quill",
    "Reed", "Rush", "Salt", "Sorrel", "Spindle", "Tarn", "Thistle", "Vant", "Wether", "Whit",
    "Willow", "Yarrow",
];

const FIRM_TAIL: [&str; 18] = [
    "ane", "asp", "arrow", "ask", "eld", "el", "emere", "ery", "estow", "idge", "inth", "iver",
    "ock", "olt", "ombe", "orne", "ull", "une",
];

/// What firms of each segment call themselves.
const TRADE: [[&str; 8]; 5] = [
    [
        "Packaging",
        "Cartons",
        "Boxes",
        "Crates",
        "Wraps",
        "Tubes",
        "Pouches",
        "Pallets",
    ],
    [
        "Foods",
        "Bakery",
        "Dairy",
        "Pickles",
        "Mills",
        "Ovens",
        "Preserves",
        "Roastery",
    ],
    [
        "Metalworks",
        "Steel",
        "Castings",
        "Sheetmetal",
        "Gates",
        "Springs",
        "Fixings",
        "Foundry",
    ],
    [
        "Joinery",
        "Doors",
        "Staircases",
        "Wood",
        "Windows",
        "Kitchens",
        "Timber",
        "Benches",
    ],
    [
        "Print", "Bindery", "Labels", "Press", "Inks", "Signs", "Papers", "Posters",
    ],
];

/// Telephone ranges kept for fiction; each is followed by three digits.
const NUMBERS: [&str; 15] = [
    "020 7946 0",
    "01632 960",
    "0117 496 0",
    "0121 496 0",
    "0113 496 0",
    "0131 496 0",
    "0114 496 0",
    "0161 496 0",
    "0151 496 0",
    "0115 496 0",
    "0141 496 0",
    "0116 496 0",
    "07700 900",
    "0118 496 0",
    "029 2018 0",
];

/// Writes one address book without giving anything twice.
pub(super) struct AddressBook {
    dice: Dice,
    taken: HashSet<String>,
    firms: [Vec<String>; 5],
    written: usize,
}

impl AddressBook {
    /// An empty one.
    pub(super) fn new(dice: Dice) -> Self {
        let taken = CAST
            .iter()
            .map(|part| format!("{}, {}", part.name, part.company));
        Self {
            dice,
            taken: taken.collect(),
            firms: Default::default(),
            written: 0,
        }
    }

    /// One of the cast.
    pub(super) fn known(&mut self, name: &str, company: &str) -> Contact {
        self.contact(name.to_owned(), company.to_owned(), true)
    }

    /// Somebody new at a firm of this segment.
    pub(super) fn somebody(&mut self, segment: usize) -> Contact {
        loop {
            let name = format!("{} {}", self.dice.pick(&FIRST), self.last());
            let company = self.firm(segment);
            if self.taken.insert(format!("{name}, {company}")) {
                return self.contact(name, company, false);
            }
        }
    }

    fn last(&mut self) -> String {
        format!(
            "{}{}",
            self.dice.pick(&LAST_HEAD),
            self.dice.pick(&LAST_TAIL)
        )
    }

    fn root(&mut self) -> String {
        format!(
            "{}{}",
            self.dice.pick(&FIRM_HEAD),
            self.dice.pick(&FIRM_TAIL)
        )
    }

    /// A new firm, or one that is known already: several people of a firm are asked.
    fn firm(&mut self, segment: usize) -> String {
        let known = self.firms[segment].len();
        if known > 0 && self.dice.chance(0.25) {
            // One of the latest; asking goes firm by firm.
            let back = self.dice.below(known.min(40));
            return self.firms[segment][known - 1 - back].clone();
        }
        let trade = self.dice.pick(&TRADE[segment]);
        let firm = match self.dice.below(10) {
            0 => format!("{} & {trade}", self.root()),
            1 => format!("{} & Daughters", self.last()),
            2 => format!("{} & Sons {trade}", self.last()),
            _ => format!("{} {trade}", self.root()),
        };
        self.firms[segment].push(firm.clone());
        firm
    }

    /// Everybody can be reached in some way, most in both.
    fn contact(&mut self, name: String, company: String, both: bool) -> Contact {
        let i = self.written;
        self.written += 1;
        let (with_phone, with_email) = match self.dice.below(20) {
            _ if both => (true, true),
            0..=2 => (false, true),
            3..=6 => (true, false),
            _ => (true, true),
        };
        let local = dotted(&name, '.');
        let email = if !with_email {
            String::new()
        } else if self.dice.chance(0.04) {
            // A number keeps those at the shared domains apart.
            let host = self
                .dice
                .pick(&["example.com", "example.org", "example.net"]);
            format!("{local}.{i}@{host}")
        } else {
            format!("{local}@{}.example", dotted(&company, '-'))
        };
        // 7 has no factor in common with 1,000, so that each range is used up without repeating.
        let within = (i / NUMBERS.len() * 7 + 182) % 1_000;
        let phone = if with_phone {
            format!("{}{within:03}", NUMBERS[i % NUMBERS.len()])
        } else {
            String::new()
        };
        Contact {
            name,
            company,
            email,
            phone,
            language: "en".to_owned(),
            ..Contact::default()
        }
    }
}

/// The words of a text in lower case without accents, joined as addresses are.
fn dotted(text: &str, by: char) -> String {
    let folded = fold(text);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(by.encode_utf8(&mut [0; 4]))
}
