//! Labels beside what they name, never on top of each other. A label that finds no room moves, it is not dropped.

/// Moves heights apart until neighbours are `gap` from each other and all stand between `top` and `bottom`, if so many
/// fit. The order of the given heights is kept; the answer is in the order of the input.
pub(super) fn spread(heights: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    let at = |index: usize| heights.get(index).copied().unwrap_or(0.0);
    order.sort_by(|a, b| at(*a).total_cmp(&at(*b)).then(a.cmp(b)));
    let mut placed: Vec<f64> = Vec::with_capacity(order.len());
    for index in &order {
        let free = placed.last().map_or(top, |above| above + gap);
        placed.push(at(*index).max(free));
    }
    // From the foot up: what ran over the edge pushes its neighbours back.
    let mut limit = bottom;
    for height in placed.iter_mut().rev() {
        *height = height.min(limit);
        limit = *height - gap;
    }
    let mut out = vec![0.0; heights.len()];
    for (index, height) in order.into_iter().zip(placed) {
        if let Some(slot) = out.get_mut(index) {
            *slot = height;
        }
    }
    out
}

#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Taken {
    pub(super) fn around(at: (f64, f64), half: f64) -> Self {
        Self { left: at.0 - half, right: at.0 + half, top: at.1 - half, bottom: at.1 + half }
    }
    pub(super) fn touches(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_never_overlap_and_keep_their_order() {
        let heights = [50.0, 51.0, 10.0, 52.0, 199.0, 200.0];
        let placed = spread(&heights, 12.0, 0.0, 200.0);
        let mut sorted = placed.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 12.0 - 1e-9), "{placed:?}");
        assert!(placed[2] < placed[0] && placed[0] < placed[1] && placed[1] < placed[3]);
        assert!(placed.iter().all(|one| *one <= 200.0));
        assert!(spread(&[], 12.0, 0.0, 1.0).is_empty());
    }
}
