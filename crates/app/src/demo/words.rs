//! What people say in the sample, in our own sentences.

/// Why it was a no: reason, how often it is said, how often it is guessed, and how it is put.
pub(super) struct Why {
    /// Code of the reason.
    pub(super) code: &'static str,
    /// How often the prospect gives it.
    pub(super) said: f64,
    /// How often the seller guesses it.
    pub(super) guessed: f64,
    /// How prospects put it.
    pub(super) words: &'static [&'static str],
}

/// Price is guessed three times as often as it is said.
pub(super) const WHY: [Why; 14] = [
    Why {
        code: "N6",
        said: 29.0,
        guessed: 16.0,
        words: &[
            "We renewed in the autumn and we are tied in.",
            "Our press maker bundles one.",
            "The machine supplier looks after all of that.",
            "We signed for three years with somebody else.",
            "Tied in till spring.",
            "Head office chose one for all the sites.",
            "My brother-in-law wrote ours and it does the job.",
            "The service contract covers the planning too.",
            "We moved to another one last year and nobody wants to move again.",
        ],
    },
    Why {
        code: "N2",
        said: 18.0,
        guessed: 18.0,
        words: &[
            "Inspection week. Nobody has an hour.",
            "We are moving halls until the summer.",
            "Two of my fitters are off, I cannot start anything.",
            "It is our busy season, everything runs day and night.",
            "We change the stock system first, then we look again.",
            "The new line goes in next month, I cannot think past it.",
            "Year end. I am counting screws.",
        ],
    },
    Why {
        code: "N8",
        said: 15.0,
        guessed: 6.0,
        words: &[
            "The board parked it.",
            "We talked it through and left things as they are.",
            "It works well enough the way we do it.",
            "Nobody here wants to change the routine.",
            "We could not agree who would look after it.",
            "We will muddle on for another year.",
            "My boss read it and put it back on the pile.",
        ],
    },
    Why {
        code: "N3",
        said: 13.0,
        guessed: 13.0,
        words: &[
            "Nothing left this year.",
            "The budget went into the roof.",
            "All spending is frozen until the figures are in.",
            "I may sign for two hundred, not for this.",
            "We put everything into the new oven.",
            "The owner has said no to anything monthly.",
        ],
    },
    Why {
        code: "N4",
        said: 10.0,
        guessed: 32.0,
        words: &[
            "That is more than I pay for the machine it looks after.",
            "For four machines it does not add up.",
            "I cannot see it paying for itself.",
            "Per person is no good to us, half of them are temps.",
            "The other quote was half of that.",
            "Nice, but I would have to sell a lot of biscuits.",
        ],
    },
    Why {
        code: "N1",
        said: 7.0,
        guessed: 10.0,
        words: &[
            "We do it on the wall. Works fine.",
            "We have two machines and they never break.",
            "We lease everything, they come and mend it.",
            "One fitter, one notebook, no trouble.",
            "We close the workshop in the new year.",
        ],
    },
    Why {
        code: "N9",
        said: 5.0,
        guessed: 3.0,
        words: &[
            "We need it on the scanners.",
            "It has to run without a network, the hall is all steel.",
            "Without our language on the shop floor it is no use.",
            "It would have to read the meters by itself.",
            "We plan by batch and you plan by machine.",
        ],
    },
    Why {
        code: "N5",
        said: 3.0,
        guessed: 0.0,
        words: &[
            "That is for the owners, and they are abroad.",
            "I only look after the fitters, I decide nothing.",
            "Three of us would have to want it.",
        ],
    },
    Why {
        code: "N12",
        said: 3.0,
        guessed: 0.0,
        words: &[
            "That is Jo now.",
            "You want the works manager, I do the wages.",
            "He left in the spring.",
        ],
    },
    Why {
        code: "N10",
        said: 2.0,
        guessed: 0.0,
        words: &[
            "Our machine data stays in the house.",
            "Our auditor would want a paper trail.",
            "You are a small firm, what if you stop?",
        ],
    },
    Why {
        code: "N7",
        said: 2.5,
        guessed: 1.0,
        words: &[
            "We went with the other one, their fitter lives round the corner.",
            "Theirs came with the spare parts list.",
            "We tried both and the lads liked the other one.",
        ],
    },
    Why {
        code: "N11",
        said: 1.0,
        guessed: 1.0,
        words: &[
            "I have had three calls this week, it is too much.",
            "I asked for a price and got a film.",
        ],
    },
    Why {
        code: "N13",
        said: 1.5,
        guessed: 0.0,
        words: &[
            "We are being bought, nothing moves until that is done.",
            "We had water in the hall.",
        ],
    },
    Why {
        code: "N15",
        said: 1.0,
        guessed: 0.0,
        words: &[
            "Please take me off your list.",
            "Do not call here again, please.",
        ],
    },
];

/// What "not now" sounds like, and after how many days they want to be asked again.
pub(super) const NOT_NOW: [(i64, &str); 12] = [
    (14, "Ask me again in a fortnight."),
    (14, "Not before the stocktaking is over."),
    (14, "I am off for two weeks, then we can talk."),
    (7, "Next week is better."),
    (7, "Catch me after the delivery."),
    (21, "Once the audit is done."),
    (21, "When the new shift leader has settled in."),
    (28, "At the start of next month."),
    (28, "After the next planning round."),
    (35, "When the big order is out of the door."),
    (14, "Let me speak to my fitters first."),
    (10, "I have no diary here. Try the week after next."),
];

/// What they want sent.
pub(super) const SEND_INFO: [&str; 9] = [
    "Send me the two-page version.",
    "Put the prices in an e-mail, I will read it on the train.",
    "Have you got something I can pin up in the workshop?",
    "Send me a rota from a firm our size.",
    "Mail me the film, I will show it at the break.",
    "I would like to see the list of machines it knows.",
    "Write down what you just said and send it to my boss too.",
    "Send the terms first.",
    "A picture of the screen would do.",
];

/// What a yes sounds like.
pub(super) const YES: [&str; 12] = [
    "Thursday at ten, and bring the one with the chart.",
    "Yes, show us. We lost a day last week.",
    "All right, half an hour.",
    "Come by when the early shift is in.",
    "Yes, let us try it on the old saw.",
    "Good, I have been meaning to.",
    "We will take it from the first of the month.",
    "Yes, but start with one line.",
    "Sounds like my notebook, only tidier. Yes.",
    "You may say I sent you.",
    "Same again for the second hall.",
    "Yes. It saved us the Easter stop.",
];

/// Notes that sellers leave for each other.
pub(super) const NOTES: [&str; 16] = [
    "Reception closes at four; ask for the workshop directly.",
    "Prefers a call before eight.",
    "Two sites, the second one has the old machines.",
    "Keeps the plan on a whiteboard by the door. Ask about it.",
    "New works manager from next month.",
    "Knows our people from the trade fair.",
    "Had a bad time with another planner; go slowly.",
    "Likes figures, not films.",
    "The line stops every Friday for cleaning: a good time to visit.",
    "Decides together with his sister.",
    "Wants everything on paper as well.",
    "Three shifts; the night foreman is the one who asks for it.",
    "They export, so the audit matters to them.",
    "Was off ill, be gentle.",
    "Asked how long it takes to set up. Said: two afternoons.",
    "Their lease ends next year; then everything is open.",
];
