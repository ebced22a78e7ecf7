//! CUSUM: small shifts of a level that last are summed until they can no longer be chance.
//!
//! Upward S⁺ = max(0, S⁺ + x − (μ + k)), downward S⁻ = min(0, S⁻ + x − (μ − k)). [`chart`] takes μ and σ from the series itself:
//! from its first window until an alarm. After an alarm, μ is that of the window just before; as long as the sum still grows
//! against it the alarm goes on, otherwise the sums start anew with that window's μ and σ, and may alarm again.
//!
//! *Source*: Page 1954, Biometrika 41:100–115; trailing reference and new alarms: Walker et al. 2018, BMC Medical Informatics and
//! Decision Making, 12911-018-0642-6 (OpenPrescribing).

/// The two sums.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sums {
    /// At least nil.
    pub up: f64,
    /// At most nil.
    pub down: f64,
}

impl Sums {
    /// The sums after one more number; `slack` is k.
    #[must_use]
    pub fn after(self, x: f64, mean: f64, slack: f64) -> Sums {
        Sums { up: (self.up + x - (mean + slack)).max(0.0), down: (self.down + x - (mean - slack)).min(0.0) }
    }
}

/// How a series is watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// How many numbers μ and σ are taken from.
    pub window: usize,
    /// k, in σ.
    pub slack: f64,
    /// An alarm is a sum beyond this, in σ.
    pub threshold: f64,
    /// The least σ, in the units of x: a series that never wavered would alarm at anything.
    pub floor: f64,
}

impl Plan {
    /// Slack ½σ, threshold 5σ.
    pub fn of_window(window: usize, floor: f64) -> Self {
        Self { window, slack: 0.5, threshold: 5.0, floor }
    }
}

/// One number of a watched series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub sums: Sums,
    /// Of the reference in force.
    pub mean: f64,
    pub sigma: f64,
}

impl Point {
    /// The larger of the sums in σ, below nil when it is the downward one. `None` where σ is nil.
    pub fn score(&self) -> Option<f64> {
        let larger = if self.sums.up >= -self.sums.down { self.sums.up } else { self.sums.down };
        (self.sigma > 0.0).then(|| larger / self.sigma)
    }
}

/// A series in the order of time. Empty where it is no longer than the window: nothing can be held against a reference.
pub fn chart(series: &[f64], plan: &Plan) -> Vec<Point> {
    if plan.window < 2 || series.len() <= plan.window {
        return Vec::new();
    }
    let mut points: Vec<Point> = Vec::with_capacity(series.len());
    let start = |window: &[f64], x: f64| {
        let (mean, sigma) = reference(window, plan.floor);
        Point { sums: Sums::default().after(x, mean, plan.slack * sigma), mean, sigma }
    };
    for (at, &x) in series.iter().enumerate() {
        let point = match points.last() {
            None => start(&series[..plan.window], x),
            Some(last) if last.sigma > 0.0 && !alarms(last, plan) => {
                Point { sums: last.sums.after(x, last.mean, plan.slack * last.sigma), ..*last }
            }
            // In the first window there is no other before it.
            Some(last) if at < plan.window => Point { sums: last.sums.after(x, last.mean, plan.slack * last.sigma), ..*last },
            Some(last) => {
                let window = &series[at - plan.window..at];
                let (mean, _) = reference(window, plan.floor);
                let on = Point { sums: last.sums.after(x, mean, plan.slack * last.sigma), mean, sigma: last.sigma };
                if grows(last, &on, plan) { on } else { start(window, x) }
            }
        };
        points.push(point);
    }
    points
}

fn alarms(point: &Point, plan: &Plan) -> bool {
    point.score().is_some_and(|score| score.abs() > plan.threshold)
}

/// Whether the sum that alarmed is carried farther by the next number.
fn grows(last: &Point, next: &Point, plan: &Plan) -> bool {
    let limit = plan.threshold * last.sigma;
    last.sigma > 0.0 && (last.sums.up > limit && next.sums.up > last.sums.up || last.sums.down < -limit && next.sums.down < last.sums.down)
}

/// Mean and standard deviation of a window, the latter over n and not below the floor.
fn reference(window: &[f64], floor: f64) -> (f64, f64) {
    let count = window.len() as f64;
    let mean = window.iter().sum::<f64>() / count;
    let variance = window.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt().max(floor))
}
