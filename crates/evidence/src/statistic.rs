//! Every statistic, defined once: what it is called, how it is worked out, what it says in plain
//! words. Pages, API, command line and documentation are rendered from here.

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A chance or a share, from 0 to 1.
    Chance,
    /// A number of asks.
    Asks,
    /// How many times better one account explains what was seen than another.
    Times,
    /// Information, in nats.
    Nats,
    /// A figure with a meaning of its own.
    Plain,
}

/// One statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistic {
    /// Its name in JSON. A capital letter stands for a number of the call, such as M.
    pub code: &'static str,
    /// What it says, without its value.
    pub plain: &'static str,
    /// How it is worked out.
    pub formula: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Fewest asks from which a page states it.
    pub smallest: u64,
    /// Where the method is from.
    pub source: &'static str,
}

macro_rules! statistics {
    ($($name:ident = $code:literal, $plain:literal, $formula:literal, $unit:ident, $smallest:literal, $source:literal;)+) => {
        $(#[doc = $plain] pub const $name: Statistic = Statistic {
            code: $code, plain: $plain, formula: $formula, unit: Unit::$unit, smallest: $smallest, source: $source,
        };)+
        /// All of them, in the order of the documentation.
        pub const ALL: &[Statistic] = &[$($name),+];
    };
}

statistics! {
    RATE = "rate", "Yeses in asks whose outcome is known, and the range that the asks allow",
        "Beta(½ + yes, ½ + others); several groups together: beta-binomial, its two quantities integrated out",
        Chance, 5, "Jeffreys 1946; Gelman et al., Bayesian Data Analysis 3, section 5.3";
    P_NEXT_K_ALL_NO = "p_next_k_all_no", "Chance that the next asks, as many as the run is long, all end without a yes",
        "q^k", Chance, 20, "elementary";
    P_LONGEST_GE_K = "p_longest_ge_k", "Chance that a run this long or longer turns up somewhere in that many asks",
        "1 - f(n), f(i) = f(i-1) - p q^k f(i-k-1)", Chance, 20, "Feller, An Introduction to Probability, XIII.7";
    MEAN_LONGEST = "mean_longest", "The longest run without a yes, on average",
        "sum over k of P(longest ≥ k)", Asks, 20, "Feller, XIII.7";
    MEDIAN_LONGEST = "median_longest", "The longest run without a yes, in the middle of all cases",
        "smallest m with P(longest ≤ m) ≥ ½", Asks, 20, "Feller, XIII.7";
    MEAN_WAIT_FIRST_RUN_K = "mean_wait_first_run_k", "Asks until a run this long is first complete, on average",
        "(1 - q^k)/(p q^k)", Asks, 20, "Feller, XIII.7";
    P_NO_YES_IN_NEXT = "p_no_yes_in_next_M", "Chance that none of the next M asks is a yes",
        "B(a, b+M)/B(a, b)", Chance, 5, "beta-negative-binomial predictive";
    TRIES_TO_NEXT_YES = "qX_tries_to_next_yes", "Asks within which the next yes falls with chance X, the yes counted",
        "smallest m with 1 - B(a, b+m)/B(a, b) ≥ X", Asks, 5, "beta-negative-binomial predictive";
    MEAN_TRIES_TO_NEXT_YES = "mean_tries_to_next_yes", "Asks up to and with the next yes, on average",
        "(a+b-1)/(a-1), without end while a ≤ 1", Asks, 5, "beta-negative-binomial predictive";
    BNB_PMF = "bnb_pmf_rR_xX", "Chance of exactly X others before the yes that is number R",
        "C(X+R-1, X) B(a+R, b+X)/B(a, b)", Chance, 5, "beta-negative-binomial predictive";
    POST_MEAN = "post_mean", "The rate, as the prior and the counts together put it", "a/(a+b)", Chance, 5, "Beta posterior";
    POST_QUANTILE = "post_qX", "The rate below which it lies with chance X", "I_x(a, b) = X", Chance, 5, "Beta posterior";
    WILSON_LOW = "wilson_lo95", "Lower end of the 95 % range by Wilson", "score interval, z = 1.96", Chance, 5, "Wilson 1927";
    WILSON_HIGH = "wilson_hi95", "Upper end of the 95 % range by Wilson", "score interval, z = 1.96", Chance, 5, "Wilson 1927";
    CLOPPER_LOW = "clopper_lo95", "Lower end of the 95 % range by Clopper and Pearson", "Beta(yes, others+1) at 0.025", Chance, 5, "Clopper and Pearson 1934";
    CLOPPER_HIGH = "clopper_hi95", "Upper end of the 95 % range by Clopper and Pearson", "Beta(yes+1, others) at 0.975", Chance, 5, "Clopper and Pearson 1934";
    ASR_MEAN = "asr_mean", "Evidence for a slump; an alarm is raised when it reaches the promise",
        "mean of R, R ← (1+R)·(yes: ρ, else (1-ρm)/(1-m)), ρ = .2 .35 .5 .65 .8, m = (a+S)/(a+b+N)",
        Times, 1, "adaptive mixture Shiryaev-Roberts; Shin, Ramdas and Rinaldo 2022 for the frame";
    TYPICAL_DELAY = "typical_delay", "Asks until Rebound’s own watch notices the drop, in the middle of all cases",
        "measured by simulation, between its points by interpolation", Asks, 1, "docs/simulations.md";
    KL_AFTER_BEFORE = "kl_p1_p0", "What each ask after the drop tells of it", "p1 ln(p1/p0) + (1-p1) ln((1-p1)/(1-p0))", Nats, 1, "Kullback and Leibler 1951";
    KL_BEFORE_AFTER = "kl_p0_p1", "What each ask before the drop tells against it", "p0 ln(p0/p1) + (1-p0) ln((1-p0)/(1-p1))", Nats, 1, "Kullback and Leibler 1951";
    LORDEN = "lorden_first_order_delay", "A bound by theory, for alarms rarer than any that are useful; far above what is really needed",
        "ln(promise)/KL(p1, p0)", Asks, 1, "Lorden 1971";
    SIEGMUND_H = "siegmund_h", "Threshold of a detector that knows both rates", "e^h - h - 1 = promise · KL(p0, p1)", Plain, 1, "Siegmund 1985";
    SIEGMUND_DELAY = "siegmund_delay", "Asks that a detector needs which knows both rates beforehand, on average", "(h + e^-h - 1)/KL(p1, p0)", Asks, 1, "Siegmund 1985";
    HAZARD = "hazard", "Yeses at this attempt among those who were asked that often", "yes_k / at risk_k, with Wilson's 95 % range", Chance, 5, "Wilson 1927";
    SURVIVAL = "survival", "Share without a yes after this many attempts, had all been asked as often as those who were",
        "Π (1 - hazard), Greenwood's variance, log-log 95 % band", Chance, 5, "Kaplan and Meier 1958; Greenwood 1926";
    SHARE = "share", "Part of the noes that have this reason", "n / all noes with a reason, with Wilson's 95 % range", Chance, 5, "Wilson 1927";
    COST = "cost", "What this reason costs in each no with a reason", "share · mean value lost", Plain, 5, "elementary";
    P_COSTLIEST = "p_costliest", "Chance that this reason costs the most in the long run", "P(v_j G_j largest), G_j ~ Gamma(n_j + ½)", Chance, 5, "Dirichlet(½) posterior";
    P_B_GT_A = "p_b_gt_a", "Chance that the second pitch has the higher rate", "P(p_b > p_a), uniform priors, finite sum", Chance, 5, "Beta posterior";
    BAYES_FACTOR = "bayes_factor_different_vs_same", "How much better two rates explain the counts than one",
        "B(1+s1, 1+f1) B(1+s2, 1+f2)/B(1+s1+s2, 1+f1+f2)", Times, 5, "Kass and Raftery 1995";
    ROBBINS = "robbins_mixture_e_value", "Evidence against exactly that rate; 20 is reached by chance once in 20 at most, looked at as often as one likes",
        "B(½+s, ½+f)/B(½, ½) / (p0^s (1-p0)^f)", Times, 5, "Robbins 1970";
    E_VALUE = "e_value", "Evidence that the pitches differ; 20 is reached by chance once in 20 at most, looked at as often as one likes",
        "Π over blocks of qa(x) qb(y)/q0", Times, 10, "Turner, Ly and Grünwald 2024";
    LOG_LOSS = "log_loss", "Mean loss of the forecasts made before each ask", "-mean ln(chance given to what happened)", Nats, 200, "Dawid 1984 (prequential)";
    ECE = "ece", "How far forecasts lie from what happened", "Σ |said - happened| over ten equal parts / n", Chance, 200, "Naeini et al. 2015";
}
