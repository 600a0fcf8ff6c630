//! Methods that the product does not use, for the golden rows that compare with them.

/// The drop version of Page's CUSUM on whole numbers (Reynolds and Stoumbos 1999, mirrored).
pub(crate) mod cusum {
    /// The rate after a drop for which a yes weighs as much as `m` noes:
    /// ln(p0/p1) = m ln((1-p1)/(1-p0)).
    pub(crate) fn design(p0: f64, m: f64) -> f64 {
        let off = |p1: f64| (p0 / p1).ln() - m * ((-p1).ln_1p() - (-p0).ln_1p());
        // p0 solves it as well; the other root lies below the least of the curve, 1/(1+m).
        let (mut low, mut high) = (1e-300, 1.0 / (1.0 + m));
        for _ in 0..2_000 {
            let middle = 0.5 * (low + high);
            if off(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// Mean tries from 0 to `h` or more, where a no adds 1, a yes subtracts `m`, and 0 is the floor:
    /// a(w) = 1 + p a(max(0, w-m)) + q a(w+1), with a(h) = 0.
    pub(crate) fn mean_tries_to_alarm(p: f64, m: usize, h: usize) -> f64 {
        // a(w) = x(w) a(0) + y(w): step up from 0 and close the equation at h.
        let (mut x, mut y) = (vec![1.0], vec![0.0]);
        for w in 0..h {
            let back = w.saturating_sub(m);
            x.push((x[w] - p * x[back]) / (1.0 - p));
            y.push((y[w] - 1.0 - p * y[back]) / (1.0 - p));
        }
        -y[h] / x[h]
    }
}

/// Rates of groups by other roads.
pub(crate) mod shrinkage {
    use evidence::{Beta, Counts};
    use statrs::function::gamma::{digamma, ln_gamma};

    /// The beta-binomial that fits best.
    pub(crate) struct Fit {
        pub(crate) a: f64,
        pub(crate) b: f64,
        pub(crate) ln_likelihood: f64,
    }

    impl Fit {
        pub(crate) fn belief(&self) -> Beta {
            Beta::new(self.a, self.b).expect("positive parts")
        }
    }

    fn ln_likelihood(counts: &[Counts], a: f64, b: f64) -> f64 {
        let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        counts
            .iter()
            .map(|c| ln_beta(a + c.yes() as f64, b + c.others() as f64) - ln_beta(a, b))
            .sum()
    }

    /// Climbs the likelihood in (ln a, ln b) along its gradient, by Newton steps whose second
    /// derivatives are differences of the first.
    pub(crate) fn maximum_likelihood(counts: &[Counts]) -> Fit {
        let slope = |u: f64, v: f64| {
            let (a, b) = (u.exp(), v.exp());
            let (mut da, mut db) = (0.0, 0.0);
            for c in counts {
                let both = digamma(a + b) - digamma(a + b + c.tries() as f64);
                da += digamma(a + c.yes() as f64) - digamma(a) + both;
                db += digamma(b + c.others() as f64) - digamma(b) + both;
            }
            (a * da, b * db)
        };
        let value = |u: f64, v: f64| ln_likelihood(counts, u.exp(), v.exp());
        let share = pooled(counts);
        let (mut u, mut v) = ((10.0 * share).ln(), (10.0 * (1.0 - share)).ln());
        for _ in 0..500 {
            let (du, dv) = slope(u, v);
            let e = 1e-5;
            let (up, vp) = (slope(u + e, v), slope(u, v + e));
            let (um, vm) = (slope(u - e, v), slope(u, v - e));
            let (huu, hvv) = ((up.0 - um.0) / (2.0 * e), (vp.1 - vm.1) / (2.0 * e));
            let huv = 0.5 * ((up.1 - um.1) + (vp.0 - vm.0)) / (2.0 * e);
            let det = huu * hvv - huv * huv;
            let (mut su, mut sv) = if huu < 0.0 && det > 0.0 {
                (-(hvv * du - huv * dv) / det, -(huu * dv - huv * du) / det)
            } else {
                (du.signum() * 0.1, dv.signum() * 0.1)
            };
            let now = value(u, v);
            while value(u + su, v + sv) < now && su.hypot(sv) > 1e-14 {
                su *= 0.5;
                sv *= 0.5;
            }
            u += su;
            v += sv;
            if su.hypot(sv) < 1e-11 {
                break;
            }
        }
        Fit {
            a: u.exp(),
            b: v.exp(),
            ln_likelihood: value(u, v),
        }
    }

    /// All yeses over all tries.
    pub(crate) fn pooled(counts: &[Counts]) -> f64 {
        let sum = counts
            .iter()
            .fold(Counts::default(), |sum, &c| sum.merge(c));
        sum.share().expect("tries")
    }

    /// The intraclass correlation by moments of an analysis of variance, where the spread within
    /// groups is that of one common rate: (MSB - pq)/(n0 pq).
    pub(crate) fn anova_rho(counts: &[Counts]) -> f64 {
        let n: f64 = counts.iter().map(|c| c.tries() as f64).sum();
        let free = counts.len() as f64 - 1.0;
        let p = pooled(counts);
        let off = |c: &Counts| c.tries() as f64 * (c.yes() as f64 / c.tries() as f64 - p).powi(2);
        let between = counts.iter().map(off).sum::<f64>() / free;
        let squares: f64 = counts.iter().map(|c| (c.tries() as f64).powi(2)).sum();
        let n0 = (n - squares / n) / free;
        (between - p * (1.0 - p)) / (n0 * p * (1.0 - p))
    }

    /// James and Stein's estimate on the arcsine scale (Efron and Morris 1975), back on that of rates.
    pub(crate) fn james_stein(counts: &[Counts]) -> Vec<f64> {
        let scale = |c: &Counts| {
            let n = c.tries() as f64;
            n.sqrt() * (2.0 * c.yes() as f64 / n - 1.0).asin()
        };
        let x: Vec<f64> = counts.iter().map(scale).collect();
        let k = x.len() as f64;
        let mean = x.iter().sum::<f64>() / k;
        let spread: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
        let keep = 1.0 - (k - 3.0) / spread;
        x.iter()
            .zip(counts)
            .map(|(x, c)| {
                0.5 * (1.0 + ((mean + keep * (x - mean)) / (c.tries() as f64).sqrt()).sin())
            })
            .collect()
    }
}
