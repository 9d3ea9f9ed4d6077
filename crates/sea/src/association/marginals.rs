//! How likely each row stays unmatched, over all matchings and not the best alone: what a calibrated
//! probability needs. Exact in small clusters, by belief propagation in large ones.

use super::assignment::Edge;

/// A cluster whose smaller side has at most so many members is summed exactly.
const EXACT: usize = 10;
/// Belief propagation stops at this change or after so many rounds; it converges (Williams and Lau 2014,
/// IEEE Trans. AES 50(4), theorem 1).
const CHANGE: f64 = 1e-9;
const ROUNDS: u32 = 500;
/// Scores are natural logarithms; beyond this a pair is as good as sure and sums stay finite.
const SURE: f64 = 60.0;

/// What is known of the rows over all matchings, each weighted by the exponential of its sum of scores.
#[derive(Clone, PartialEq, Debug)]
pub struct Marginals {
    /// By row: the probability that it has no column.
    pub unmatched: Vec<f64>,
    /// By edge as given: the probability that the pair is matched.
    pub matched: Vec<f64>,
}

/// Scores are log likelihood ratios of the pair against both being unmatched. Edges that name no row or column,
/// or whose score is not a number, count as impossible. A pair named twice counts twice.
pub fn marginals(rows: usize, cols: usize, edges: &[Edge]) -> Marginals {
    let mut out = Marginals { unmatched: vec![1.0; rows], matched: vec![0.0; edges.len()] };
    for cluster in clusters(rows, cols, edges) {
        let solved = if cluster.rows.len().min(cluster.cols.len()) <= EXACT {
            exact(&cluster)
        } else {
            propagate(&cluster)
        };
        let mut none = vec![1.0; cluster.rows.len()];
        for (link, matched) in cluster.edges.iter().zip(&solved) {
            if let Some(slot) = out.matched.get_mut(link.number) {
                *slot = *matched;
            }
            if let Some(none) = none.get_mut(link.row) {
                *none -= matched;
            }
        }
        for (row, none) in cluster.rows.iter().zip(none) {
            if let Some(slot) = out.unmatched.get_mut(*row as usize) {
                *slot = none.clamp(0.0, 1.0);
            }
        }
    }
    out
}

/// A connected part, its rows and columns numbered within it; edges with the number they were given under.
struct Cluster {
    rows: Vec<u32>,
    cols: Vec<u32>,
    edges: Vec<Link>,
}

#[derive(Clone, Copy)]
struct Link {
    /// The number under which the edge was given.
    number: usize,
    row: usize,
    col: usize,
    weight: f64,
}

fn clusters(rows: usize, cols: usize, edges: &[Edge]) -> Vec<Cluster> {
    // Union by smaller number with path halving, columns after rows.
    let mut parent: Vec<usize> = (0..rows + cols).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while let Some(up) = parent.get(at).copied()
            && up != at
        {
            let above = parent.get(up).copied().unwrap_or(up);
            if let Some(slot) = parent.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }
    let usable = |edge: &Edge| {
        (edge.row as usize) < rows && (edge.col as usize) < cols && !edge.score.is_nan() && edge.score > -SURE
    };
    for edge in edges.iter().filter(|edge| usable(edge)) {
        let (a, b) = (root(&mut parent, edge.row as usize), root(&mut parent, rows + edge.col as usize));
        if let Some(slot) = parent.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
    // Place of each root's cluster, and of each member within its cluster.
    let mut place: Vec<Option<usize>> = vec![None; rows + cols];
    let mut within: Vec<Option<usize>> = vec![None; rows + cols];
    let mut out: Vec<Cluster> = Vec::new();
    for (number, edge) in edges.iter().enumerate().filter(|(_, edge)| usable(edge)) {
        let top = root(&mut parent, edge.row as usize);
        let at = match place.get(top).copied().flatten() {
            Some(at) => at,
            None => {
                out.push(Cluster { rows: Vec::new(), cols: Vec::new(), edges: Vec::new() });
                if let Some(slot) = place.get_mut(top) {
                    *slot = Some(out.len() - 1);
                }
                out.len() - 1
            }
        };
        let Some(cluster) = out.get_mut(at) else { continue };
        let mut number_in = |member: usize, list: &mut Vec<u32>, name: u32| match within.get_mut(member) {
            Some(slot) => *slot.get_or_insert_with(|| {
                list.push(name);
                list.len() - 1
            }),
            None => 0,
        };
        let row = number_in(edge.row as usize, &mut cluster.rows, edge.row);
        let col = number_in(rows + edge.col as usize, &mut cluster.cols, edge.col);
        cluster.edges.push(Link { number, row, col, weight: libm::exp(edge.score.min(SURE)) });
    }
    out
}

/// Sums over all matchings, member by member of the longer side, over the sets of the shorter side in use.
fn exact(cluster: &Cluster) -> Vec<f64> {
    let turned = cluster.rows.len() < cluster.cols.len();
    let (long, short) = if turned {
        (cluster.cols.len(), cluster.rows.len())
    } else {
        (cluster.rows.len(), cluster.cols.len())
    };
    let mut of: Vec<Vec<(usize, usize, f64)>> = vec![Vec::new(); long];
    for (at, link) in cluster.edges.iter().enumerate() {
        let (member, bit) = if turned { (link.col, link.row) } else { (link.row, link.col) };
        if let Some(list) = of.get_mut(member) {
            list.push((at, bit, link.weight));
        }
    }
    let sets = 1_usize << short;
    let step = |before: &[f64], list: &[(usize, usize, f64)]| {
        let mut after = before.to_vec();
        for (_, bit, weight) in list {
            for (set, value) in before.iter().enumerate().filter(|(set, _)| set >> bit & 1 == 0) {
                if let Some(slot) = after.get_mut(set | 1 << bit) {
                    *slot += value * weight;
                }
            }
        }
        // Only ratios matter: kept within range.
        let most = after.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        after.iter_mut().for_each(|value| *value /= most);
        after
    };
    let mut empty = vec![0.0; sets];
    if let Some(none) = empty.first_mut() {
        *none = 1.0;
    }
    let mut forward = vec![empty.clone()];
    for list in &of {
        let next = step(forward.last().unwrap_or(&empty), list);
        forward.push(next);
    }
    let mut backward = empty;
    let mut out = vec![0.0; cluster.edges.len()];
    for (list, before) in of.iter().zip(&forward).rev() {
        // `rest[set]`: weight of what the later members can do within the complement of the set.
        let mut rest = backward.clone();
        for bit in 0..short {
            for set in (0..sets).filter(|set| set >> bit & 1 == 1) {
                let below = rest.get(set ^ 1 << bit).copied().unwrap_or(0.0);
                if let Some(slot) = rest.get_mut(set) {
                    *slot += below;
                }
            }
        }
        let free = |set: usize| rest.get(sets - 1 - set).copied().unwrap_or(0.0);
        let none: f64 = before.iter().enumerate().map(|(set, value)| value * free(set)).sum();
        let with = |bit: usize, weight: f64| -> f64 {
            let open = before.iter().enumerate().filter(|(set, _)| set >> bit & 1 == 0);
            open.map(|(set, value)| value * weight * free(set | 1 << bit)).sum()
        };
        let pairs: Vec<(usize, f64)> =
            list.iter().map(|(at, bit, weight)| (*at, with(*bit, *weight))).collect();
        let all = none + pairs.iter().map(|(_, sum)| sum).sum::<f64>();
        for (at, sum) in pairs {
            if let Some(slot) = out.get_mut(at) {
                *slot = sum / all;
            }
        }
        backward = step(&backward, list);
    }
    out
}

/// Belief propagation on the pairs (Williams and Lau 2014).
fn propagate(cluster: &Cluster) -> Vec<f64> {
    let links = &cluster.edges;
    let mut to_row = vec![1.0; links.len()];
    let weighted = |to_row: &[f64]| -> Vec<f64> {
        links.iter().zip(to_row).map(|(link, told)| link.weight * told).collect()
    };
    for _ in 0..ROUNDS {
        let told = weighted(&to_row);
        let sums = sums(cluster.rows.len(), links, &told, |link| link.row);
        let to_col: Vec<f64> = links
            .iter()
            .zip(told)
            .map(|(link, own)| link.weight / (1.0 + others(&sums, link.row, own)))
            .collect();
        let sums = self::sums(cluster.cols.len(), links, &to_col, |link| link.col);
        let next: Vec<f64> =
            links.iter().zip(to_col).map(|(link, own)| 1.0 / (1.0 + others(&sums, link.col, own))).collect();
        let change = next.iter().zip(&to_row).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        to_row = next;
        if change < CHANGE {
            break;
        }
    }
    let told = weighted(&to_row);
    let sums = sums(cluster.rows.len(), links, &told, |link| link.row);
    links.iter().zip(told).map(|(link, own)| own / (1.0 + others(&sums, link.row, 0.0))).collect()
}

/// The values of the links, added up by member of one side.
fn sums(members: usize, links: &[Link], values: &[f64], side: impl Fn(&Link) -> usize) -> Vec<f64> {
    let mut sums = vec![0.0; members];
    for (link, value) in links.iter().zip(values) {
        if let Some(sum) = sums.get_mut(side(link)) {
            *sum += value;
        }
    }
    sums
}

/// A member's sum without one link's own part.
fn others(sums: &[f64], member: usize, own: f64) -> f64 {
    (sums.get(member).copied().unwrap_or(0.0) - own).max(0.0)
}
