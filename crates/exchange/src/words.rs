//! The words themselves, in the spelling of [`crate::vocabulary::key`].

use domain::{Channel, LossKind, Outcome, SaidBy, Stage};

use crate::vocabulary::Meaning;

pub(crate) const YES: Meaning = Meaning::Is(Outcome::Yes);
pub(crate) const NO: Meaning = Meaning::Is(Outcome::No);
pub(crate) const NOT_NOW: Meaning = Meaning::Is(Outcome::NotNow);
pub(crate) const SEND_INFO: Meaning = Meaning::Is(Outcome::SendInfo);
pub(crate) const NO_REPLY: Meaning = Meaning::Is(Outcome::NoReply);
pub(crate) const UNKNOWN: Meaning = Meaning::Is(Outcome::Unknown);

/// Meanings and their words, separated by `|`: English, German, French, Spanish, Portuguese.
pub(crate) type Table<T> = &'static [(T, &'static [&'static str])];

pub(crate) fn split(words: &[&'static str]) -> impl Iterator<Item = &'static str> {
    words.iter().flat_map(|line| line.split(" | "))
}

/// The ids HubSpot stores for its own call outcomes.
pub(crate) const HUBSPOT_CALLS: &[(&str, Meaning)] = &[
    ("9d9162e7-6cf3-4944-bf63-4dff82258764", NO_REPLY),
    ("f240bbac-87c9-4f6e-bf70-924b57d47db7", UNKNOWN),
    ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", NO_REPLY),
    ("b2cf5968-551e-4856-9783-52b3da59a7d0", NO_REPLY),
    ("73a0d17f-1163-4015-bdd5-ec830791da20", NO_REPLY),
    ("17b47fee-58de-441e-a44c-c6300d46f273", NO_REPLY),
];

/// Words that may stand before "won" or "lost".
pub(crate) const CLOSED: &[&str] = &[
    "closed | deal | and | geschlossen | abgeschlossen | geschaft | und | ferme | fermee",
    "conclu | conclue | cloture | transaction | affaire | et | cerrado | cerrada | cierre",
    "negocio | trato | y | fechado | fechada | fechamento | e",
];

/// Words that close a deal by themselves, whatever follows them.
pub(crate) const CLOSING: Table<Meaning> = &[
    (
        YES,
        &["won | gewonnen | gagne | gagnee | ganado | ganada | ganho | ganha"],
    ),
    (
        NO,
        &["lost | verloren | perdu | perdue | perdido | perdida"],
    ),
];

pub(crate) const OUTCOMES: Table<Meaning> = &[
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

pub(crate) const STAGES: Table<Stage> = &[
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

pub(crate) const CHANNELS: Table<Channel> = &[
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

pub(crate) const LOSS_KINDS: Table<LossKind> = &[
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

pub(crate) const VOICES: Table<SaidBy> = &[
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

pub(crate) const FLAGS: Table<bool> = &[
    (
        true,
        &["true | yes | 1 | y | wahr | ja | vrai | oui | verdadero | si | verdadeiro | sim"],
    ),
    (
        false,
        &["false | no | 0 | n | falsch | nein | faux | non | falso | nao"],
    ),
];

pub(crate) const DONE: Table<bool> = &[
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
