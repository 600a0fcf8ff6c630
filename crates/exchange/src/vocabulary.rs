//! Words that other programs use for outcomes, stages, channels, kinds of loss and voices, in
//! English, German, French, Spanish and Portuguese.
//!
//! Words are compared by [`key`]: without case, accents and punctuation. What is not here is
//! never guessed; the mapping says what it means.

use domain::{Channel, LossKind, Outcome, SaidBy, Stage};

/// What a word in an outcome column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// An outcome.
    Is(Outcome),
    /// A deal that is still going.
    Open,
}

/// What a mapping writes for [`Meaning::Open`].
pub(crate) const OPEN: &str = "open";

const YES: Meaning = Meaning::Is(Outcome::Yes);
const NO: Meaning = Meaning::Is(Outcome::No);
const NOT_NOW: Meaning = Meaning::Is(Outcome::NotNow);
const SEND_INFO: Meaning = Meaning::Is(Outcome::SendInfo);
const NO_REPLY: Meaning = Meaning::Is(Outcome::NoReply);
const UNKNOWN: Meaning = Meaning::Is(Outcome::Unknown);

/// Meanings and their words, separated by `|`: English, German, French, Spanish, Portuguese.
type Table<T> = &'static [(T, &'static [&'static str])];

fn split(words: &[&'static str]) -> impl Iterator<Item = &'static str> {
    words.iter().flat_map(|line| line.split(" | "))
}

/// One spelling for a word: folded, everything but letters and digits as one space.
pub(crate) fn key(text: &str) -> String {
    let folded = domain::fold(text);
    let mut out = String::with_capacity(folded.len());
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn find<T: Copy>(table: Table<T>, text: &str) -> Option<T> {
    let key = key(text);
    table
        .iter()
        .find(|(_, words)| split(words).any(|word| word == key))
        .map(|(meaning, _)| *meaning)
}

/// What came of it; nothing for a word that is not known.
pub(crate) fn outcome(text: &str) -> Option<Meaning> {
    let text = text.trim();
    if let Some((_, meaning)) = HUBSPOT_CALLS
        .iter()
        .find(|(id, _)| id.eq_ignore_ascii_case(text))
    {
        return Some(*meaning);
    }
    find(OUTCOMES, text).or_else(|| closed_with_more(&key(text)))
}

/// "Closed Lost - Price" and "Verloren an Wettbewerber" say more than the table, and are as clear.
fn closed_with_more(key: &str) -> Option<Meaning> {
    let mut words = key
        .split(' ')
        .skip_while(|word| split(CLOSED).any(|closed| closed == *word));
    let first = words.next()?;
    find(CLOSING, first)
}

/// How far along.
pub(crate) fn stage(text: &str) -> Option<Stage> {
    find(STAGES, text)
}

/// By which way.
pub(crate) fn channel(text: &str) -> Option<Channel> {
    find(CHANNELS, text)
}

/// What kind of loss.
pub(crate) fn loss_kind(text: &str) -> Option<LossKind> {
    find(LOSS_KINDS, text)
}

/// Whose word.
pub(crate) fn said_by(text: &str) -> Option<SaidBy> {
    find(VOICES, text)
}

/// Whether a reason is one of the built-in ones, by code or label.
pub(crate) fn is_built_in_reason(text: &str) -> bool {
    let wanted = key(text);
    domain::BUILT_IN_REASONS
        .iter()
        .any(|(code, label)| key(code) == wanted || key(label) == wanted)
}

/// Yes or no in a column of flags.
pub(crate) fn flag(text: &str) -> Option<bool> {
    find(FLAGS, text)
}

/// Whether a task or activity is done; nothing when its status does not say.
pub(crate) fn done(text: &str) -> Option<bool> {
    find(DONE, text)
}

/// The ids HubSpot stores for its own call outcomes.
const HUBSPOT_CALLS: &[(&str, Meaning)] = &[
    ("9d9162e7-6cf3-4944-bf63-4dff82258764", NO_REPLY),
    ("f240bbac-87c9-4f6e-bf70-924b57d47db7", UNKNOWN),
    ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", NO_REPLY),
    ("b2cf5968-551e-4856-9783-52b3da59a7d0", NO_REPLY),
    ("73a0d17f-1163-4015-bdd5-ec830791da20", NO_REPLY),
    ("17b47fee-58de-441e-a44c-c6300d46f273", NO_REPLY),
];

/// Words that may stand before "won" or "lost".
const CLOSED: &[&str] = &[
    "closed | deal | and | geschlossen | abgeschlossen | geschaft | und | ferme | fermee",
    "conclu | conclue | cloture | transaction | affaire | et | cerrado | cerrada | cierre",
    "negocio | trato | y | fechado | fechada | fechamento | e",
];

/// Words that close a deal by themselves, whatever follows them.
const CLOSING: Table<Meaning> = &[
    (
        YES,
        &["won | gewonnen | gagne | gagnee | ganado | ganada | ganho | ganha"],
    ),
    (
        NO,
        &["lost | verloren | perdu | perdue | perdido | perdida"],
    ),
];

const OUTCOMES: Table<Meaning> = &[
    (
        YES,
        &[
            "yes | y | true | 1 | won | win | accepted | agreed | success | successful | sold",
            "sale | closedwon | deal won | signed | booked | meeting booked | ja | gewonnen",
            "erfolgreich | zugesagt | zusage | verkauft | auftrag | oui | gagne | gagnee",
            "accepte | acceptee | vendu | reussi | si | ganado | ganada | aceptado | aceptada",
            "vendido | exito | sim | ganho | ganha | aceito | aceite | sucesso | vendida",
        ],
    ),
    (
        NO,
        &[
            "no | n | false | 0 | lost | loss | rejected | rejection | declined | refused",
            "failure | failed | not interested | closedlost | deal lost | turned down",
            "do not contact | unsuccessful | nein | verloren | abgelehnt | absage",
            "kein interesse | nicht interessiert | non | perdu | perdue | refuse | refusee",
            "rejete | pas interesse | perdido | perdida | rechazado | rechazada",
            "no interesado | no le interesa | nao | recusado | recusada | rejeitado",
            "sem interesse | nao interessado",
        ],
    ),
    (
        NOT_NOW,
        &[
            "not now | later | call back | callback | call back later | call later",
            "follow up | follow up later | postponed | on hold | nurture | nicht jetzt",
            "spater | ruckruf | wiedervorlage | verschoben | pas maintenant | plus tard",
            "a rappeler | rappeler | reporte | ahora no | no ahora | mas tarde",
            "volver a llamar | aplazado | agora nao | nao agora | mais tarde | ligar depois",
            "adiado",
        ],
    ),
    (
        SEND_INFO,
        &[
            "send info | send information | sent info | sent information | info sent",
            "send email | wants info | wants information | requested info",
            "requested information | information requested | send details | info senden",
            "infos senden | infos schicken | unterlagen senden | unterlagen schicken",
            "informationen senden | envoyer info | envoyer infos | envoyer des informations",
            "envoyer documentation | enviar info | enviar informacion | enviar informacoes",
            "enviar informacao",
        ],
    ),
    (
        NO_REPLY,
        &[
            "no reply | no answer | no response | busy | voicemail | left voicemail",
            "left voice mail | voice mail | left message | left live message | wrong number",
            "did not answer | didn t answer | did not pick up | not reached | unreachable",
            "not available | disconnected | no show | bad number | vm answer | vm left",
            "blocked | error | abandoned | answering machine | gatekeeper | keine antwort",
            "nicht erreicht | besetzt | mailbox | anrufbeantworter | voicemail hinterlassen",
            "nachricht hinterlassen | falsche nummer | nicht erreichbar | keine reaktion",
            "pas de reponse | sans reponse | occupe | ligne occupee | messagerie",
            "message laisse | message vocal laisse | faux numero | mauvais numero",
            "injoignable | absent | sin respuesta | no contesta | no contesto | ocupado",
            "buzon de voz | mensaje de voz | mensaje dejado | dejo mensaje de voz",
            "numero equivocado | no localizado | sem resposta | nao atendeu | nao atende",
            "caixa postal | correio de voz | deixou mensagem de voz | mensagem deixada",
            "numero errado | linha ocupada",
        ],
    ),
    (
        UNKNOWN,
        &[
            "unknown | not known | connected | completed | complete | done | answered | held",
            "sent | delivered | spoke | reached | conversation | n a | none | null | other",
            "unbekannt | verbunden | erreicht | erledigt | gesprochen | gesendet | inconnu",
            "connecte | joint | termine | terminee | effectue | envoye | desconocido",
            "conectado | contactado | completado | completada | hecho | enviado",
            "desconhecido | concluido | concluida | feito | atendeu",
        ],
    ),
    (
        Meaning::Open,
        &[
            "open | in progress | ongoing | pending | active | undecided | offen",
            "in bearbeitung | laufend | in arbeit | ouvert | ouverte | en cours | en attente",
            "abierto | abierta | en curso | en proceso | pendiente | aberto | aberta",
            "em aberto | em andamento | em curso | pendente",
        ],
    ),
];

const STAGES: Table<Stage> = &[
    (
        Stage::Opener,
        &[
            "opener | first contact | cold call | cold outreach | outreach | prospecting",
            "new | lead | lead in | contact made | contacted | intro | introduction",
            "erstkontakt | kontaktiert | kaltakquise | akquise | premier contact",
            "prise de contact | prospection | contacte | primer contacto | prospeccion",
            "contactado | primeiro contato | primeiro contacto | prospeccao | contatado",
        ],
    ),
    (
        Stage::Discovery,
        &[
            "discovery | discovery call | qualification | qualified | qualified to buy",
            "needs analysis | appointment scheduled | id decision makers",
            "perception analysis | bedarfsanalyse | qualifizierung | qualifiziert",
            "termin vereinbart | decouverte | qualifie | analyse des besoins",
            "rendez vous planifie | descubrimiento | calificacion | cualificacion",
            "calificado | cualificado | analisis de necesidades | cita programada",
            "descoberta | qualificacao | qualificado | analise de necessidades",
        ],
    ),
    (
        Stage::Demo,
        &[
            "demo | demo scheduled | demonstration | presentation | presentation scheduled",
            "product demo | trial | pilot | value proposition | vorfuhrung | prasentation",
            "testphase | essai | demostracion | presentacion | prueba | demonstracao",
            "apresentacao | teste",
        ],
    ),
    (
        Stage::Proposal,
        &[
            "proposal | proposal made | proposal sent | proposal price quote | quote | quoted",
            "offer | offer sent | decision maker bought in | angebot | angebot erstellt",
            "angebot gesendet | proposition | proposition envoyee | devis | devis envoye",
            "offre | propuesta | propuesta enviada | cotizacion | presupuesto | oferta",
            "proposta | proposta enviada | orcamento",
        ],
    ),
    (
        Stage::Negotiation,
        &[
            "negotiation | negotiations | negotiation review | negotiations started",
            "negotiating | contract sent | contract | closing | verbal agreement",
            "verhandlung | in verhandlung | vertrag gesendet | vertrag | negociation",
            "contrat envoye | contrat | negociacion | contrato enviado | contrato",
            "negociacao | fechamento",
        ],
    ),
    (
        Stage::Referral,
        &[
            "referral | asked for referral | empfehlung | recommandation | parrainage",
            "referencia | recomendacion | indicacao | recomendacao",
        ],
    ),
    (
        Stage::Repeat,
        &[
            "repeat | repeat business | reorder | upsell | cross sell | existing business",
            "folgeauftrag | nachbestellung | vente additionnelle | reachat | recompra",
            "venta cruzada | venda adicional",
        ],
    ),
    (
        Stage::Renewal,
        &[
            "renewal | renew | contract renewal | verlangerung | vertragsverlangerung",
            "renouvellement | renovacion | renovacao",
        ],
    ),
];

const CHANNELS: Table<Channel> = &[
    (
        Channel::Call,
        &[
            "call | calls | phone | phone call | telephone | cellular | mobile | cold call",
            "inbound call | outbound call | tel | anruf | telefon | telefonat | handy | mobil",
            "appel | appel telephonique | llamada | telefono | movil | chamada | ligacao",
            "telefone | telemovel | celular",
        ],
    ),
    (
        Channel::Email,
        &[
            "email | e mail | mail | emails | sent email | email sent | newsletter | courriel",
            "correo | correo electronico | correio eletronico",
        ],
    ),
    (
        Channel::Meeting,
        &[
            "meeting | appointment | video | video call | videocall | web meeting | webinar",
            "demo | lunch | coffee | conference | online meeting | termin | besprechung",
            "treffen | videokonferenz | reunion | rendez vous | rdv | visioconference | cita",
            "videollamada | reuniao | encontro | videochamada",
        ],
    ),
    (
        Channel::Message,
        &[
            "message | sms | text | text message | whatsapp | chat | live chat | linkedin",
            "linkedin message | inmail | dm | direct message | social | telegram | signal",
            "nachricht | mensaje | mensagem",
        ],
    ),
    (
        Channel::Visit,
        &[
            "visit | door | door to door | on site | onsite | walk in | field visit",
            "in person | besuch | vor ort | hausbesuch | visite | sur place | visita",
            "en persona | presencial",
        ],
    ),
    (
        Channel::Other,
        &[
            "other | task | to do | todo | deadline | letter | post | fax | event | note",
            "sonstiges | andere | aufgabe | brief | autre | tache | courrier | otro | otra",
            "tarea | carta | outro | outra | tarefa",
        ],
    ),
];

const LOSS_KINDS: Table<LossKind> = &[
    (
        LossKind::Competitor,
        &[
            "competitor | chose a competitor | competition | lost to competitor",
            "lost to competition | closed lost to competition | closed lost to competitor",
            "wettbewerber | wettbewerb | konkurrenz | an wettbewerber verloren | concurrent",
            "concurrence | competidor | competencia | concorrente | concorrencia",
        ],
    ),
    (
        LossKind::NoDecision,
        &[
            "no decision | nothing decided | status quo | lost to no decision",
            "keine entscheidung | pas de decision | aucune decision | sin decision",
            "sem decisao",
        ],
    ),
    (
        LossKind::NotQualified,
        &[
            "not qualified | did not qualify | unqualified | disqualified | poor fit",
            "nicht qualifiziert | non qualifie | no calificado | no cualificado",
            "nao qualificado",
        ],
    ),
    (
        LossKind::NoAnswer,
        &[
            "no answer | no reply | no response | unresponsive | keine antwort",
            "pas de reponse | sans reponse | sin respuesta | sem resposta",
        ],
    ),
    (
        LossKind::Unknown,
        &["unknown | not known | unbekannt | inconnu | desconocido | desconhecido"],
    ),
];

const VOICES: Table<SaidBy> = &[
    (
        SaidBy::Prospect,
        &[
            "prospect | they said | customer | client | buyer | lead | kunde | interessent",
            "acheteur | cliente | comprador",
        ],
    ),
    (
        SaidBy::SellerGuess,
        &[
            "seller guess | your guess | my guess | guess | seller | rep | sales rep | me",
            "verkaufer | vermutung | vendeur | vendedor",
        ],
    ),
    (
        SaidBy::ThirdParty,
        &[
            "third party | somebody else said | other | partner | dritte | tiers | tercero",
            "terceiro",
        ],
    ),
];

const FLAGS: Table<bool> = &[
    (
        true,
        &["true | yes | 1 | y | wahr | ja | vrai | oui | verdadero | si | verdadeiro | sim"],
    ),
    (
        false,
        &["false | no | 0 | n | falsch | nein | faux | non | falso | nao"],
    ),
];

const DONE: Table<bool> = &[
    (
        true,
        &[
            "done | completed | complete | true | yes | 1 | closed | erledigt | abgeschlossen",
            "ja | termine | terminee | fait | oui | hecho | completado | completada | si",
            "feito | concluido | concluida | sim",
        ],
    ),
    (
        false,
        &[
            "to do | todo | not done | not started | in progress | open | planned | scheduled",
            "waiting on someone else | waiting | deferred | false | no | 0 | canceled",
            "cancelled | offen | geplant | nicht begonnen | in bearbeitung | zu erledigen",
            "nein | a faire | planifie | non commence | en cours | non | pendiente",
            "por hacer | no iniciado | en curso | pendente | a fazer | nao iniciado",
            "em andamento | nao",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::fmt::Debug;

    #[test]
    fn won_lost_and_open_in_five_languages() {
        for word in [
            "Won",
            "closed won",
            "ClosedWon",
            "Gewonnen",
            "Gagné",
            "Ganado",
            "Ganho",
            "Geschlossen und gewonnen",
            "Fermé gagné",
            "Cierre ganado",
            "Fechado - ganho",
            "sí",
        ] {
            assert_eq!(outcome(word), Some(YES), "{word}");
        }
        for word in [
            "Lost",
            "Closed Lost",
            "Verloren",
            "Perdu",
            "Perdido",
            "Negócio perdido",
            "Closed Lost - Price",
            "Closed-Lost to Competition",
            "Verloren an Wettbewerber",
            "não",
        ] {
            assert_eq!(outcome(word), Some(NO), "{word}");
        }
        for word in ["Open", "Offen", "En cours", "Abierto", "Em andamento"] {
            assert_eq!(outcome(word), Some(Meaning::Open), "{word}");
        }
    }

    #[test]
    fn silence_and_connection() {
        for word in [
            "Busy",
            "No answer",
            "Left voicemail",
            "73a0d17f-1163-4015-bdd5-ec830791da20",
            "9D9162E7-6CF3-4944-BF63-4DFF82258764",
            "Nicht erreicht",
            "Não atendeu",
            "vm-left",
        ] {
            assert_eq!(outcome(word), Some(NO_REPLY), "{word}");
        }
        for word in [
            "Connected",
            "completed",
            "f240bbac-87c9-4f6e-bf70-924b57d47db7",
        ] {
            assert_eq!(outcome(word), Some(UNKNOWN), "{word}");
        }
        assert_eq!(outcome("Not now"), Some(NOT_NOW));
        assert_eq!(outcome("send_info"), Some(SEND_INFO));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for word in [
            "",
            "Perhaps",
            "Re-engage lost lead",
            "Not won",
            "Contract out",
            "Nearly won",
        ] {
            assert_eq!(outcome(word), None, "{word}");
        }
    }

    #[test]
    fn every_code_means_itself() {
        for &v in Outcome::ALL {
            assert_eq!(outcome(v.code()), Some(Meaning::Is(v)));
            assert_eq!(outcome(v.label()), Some(Meaning::Is(v)));
        }
        for &v in Stage::ALL {
            assert_eq!((stage(v.code()), stage(v.label())), (Some(v), Some(v)));
        }
        for &v in Channel::ALL {
            assert_eq!((channel(v.code()), channel(v.label())), (Some(v), Some(v)));
        }
        for &v in LossKind::ALL {
            assert_eq!(
                (loss_kind(v.code()), loss_kind(v.label())),
                (Some(v), Some(v))
            );
        }
        for &v in SaidBy::ALL {
            assert_eq!((said_by(v.code()), said_by(v.label())), (Some(v), Some(v)));
        }
    }

    /// A word under two meanings, or one that `key` would never produce, is a mistake.
    fn tidy<T: Copy + Debug + PartialEq>(table: Table<T>) {
        let mut seen: HashMap<&str, T> = HashMap::new();
        for (meaning, words) in table {
            for word in split(words) {
                assert_eq!(key(word), word);
                if let Some(before) = seen.insert(word, *meaning) {
                    assert_eq!(before, *meaning, "{word}");
                }
            }
        }
    }

    #[test]
    fn each_word_has_one_meaning() {
        tidy(OUTCOMES);
        tidy(CLOSING);
        tidy(STAGES);
        tidy(CHANNELS);
        tidy(LOSS_KINDS);
        tidy(VOICES);
        tidy(FLAGS);
        tidy(DONE);
    }
}
