//! How good the order of who is next is: forecasts held against what happened.

use app::evidence::Forecasts;
use evidence::statistic::LOG_LOSS;

use super::said;

/// What the section shows.
#[derive(Debug)]
pub(crate) struct OrderView {
    pub(crate) says: String,
    /// What, and its figure.
    pub(crate) table: Vec<(&'static str, String)>,
}

impl OrderView {
    /// Puts it in words.
    pub(crate) fn of(forecasts: &Forecasts) -> Self {
        let (n, least) = (forecasts.n, LOG_LOSS.smallest);
        let told = n >= least;
        let says = if !told {
            format!(
                "Not enough yet: {}. From {least} on it is said whether they tell more than your \
                 rate alone; until then they order nobody.",
                match n {
                    0 => "no forecasts".into(),
                    _ => said::count(n, "forecast"),
                }
            )
        } else if forecasts.tells {
            format!(
                "Over {} forecasts, each made before its attempt, the order has told more than \
                 your rate alone. So it helps to say who may be next.",
                said::n(n)
            )
        } else {
            format!(
                "Over {} forecasts, each made before its attempt, the order has told no more than \
                 your rate alone. So it orders nobody.",
                said::n(n)
            )
        };
        let mut table = vec![("Forecasts", said::n(n))];
        if told {
            let figure = |loss: Option<f64>| loss.map_or_else(|| "–".into(), |l| format!("{l:.3}"));
            table.push((
                "Surprise at what happened, in nats",
                figure(forecasts.log_loss),
            ));
            table.push((
                "The same with your rate alone",
                figure(forecasts.log_loss_of_rate),
            ));
            table.push((
                "What was said and what happened, apart on average",
                forecasts
                    .ece
                    .map_or_else(|| "–".into(), |e| format!("{} in 100", said::exact(e))),
            ));
        }
        Self { says, table }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_tells_nothing_says_so() {
        let of = |n, tells| {
            OrderView::of(&Forecasts {
                n,
                log_loss: Some(0.2113),
                log_loss_of_rate: Some(0.2249),
                ece: Some(0.012),
                tells,
            })
        };
        let few = of(40, false);
        assert!(
            few.says
                .starts_with("Not enough yet: 40 forecasts. From 200 on"),
            "{}",
            few.says
        );
        assert_eq!(few.table.len(), 1);
        assert!(
            of(0, false)
                .says
                .starts_with("Not enough yet: no forecasts.")
        );
        assert!(
            of(1_480, true)
                .says
                .contains("has told more than your rate alone")
        );
        let none = of(1_480, false);
        assert!(none.says.ends_with("So it orders nobody."));
        assert_eq!(none.table[1].1, "0.211");
        assert_eq!(none.table[3].1, "1.2 in 100");
    }
}
