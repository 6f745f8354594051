//! Inheritance order after C3, as Solidity uses it: bases are listed from most base-like to most
//! derived.

/// More bases than any contract has. What lies beyond is cut, so that a chain of thousands of
/// contracts takes linear time.
const MAX_LINE: usize = 128;

/// For each contract its line: itself and its bases, most derived first. `bases` are the direct
/// ones as written. A base that closes a cycle is ignored; where no order satisfies all
/// contracts, which compilers reject, the order of the text decides.
pub(super) fn linearise(bases: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut lines: Vec<Option<Vec<u32>>> = vec![None; bases.len()];
    let mut open = vec![false; bases.len()];
    for root in 0..bases.len() as u32 {
        let mut stack = vec![(root, 0usize)];
        while let Some((contract, next)) = stack.pop() {
            if lines[contract as usize].is_some() {
                continue;
            }
            open[contract as usize] = true;
            let direct = &bases[contract as usize];
            if let Some(&base) = direct.get(next) {
                stack.push((contract, next + 1));
                if lines[base as usize].is_none() && !open[base as usize] {
                    stack.push((base, 0));
                }
                continue;
            }
            lines[contract as usize] = Some(merge(contract, direct, &lines));
        }
    }
    lines
        .into_iter()
        .enumerate()
        .map(|(id, line)| line.unwrap_or_else(|| vec![id as u32]))
        .collect()
}

fn merge(contract: u32, direct: &[u32], lines: &[Option<Vec<u32>>]) -> Vec<u32> {
    // The last base named is the most derived one.
    let known: Vec<u32> = direct
        .iter()
        .rev()
        .copied()
        .filter(|b| *b != contract && lines[*b as usize].is_some())
        .collect();
    let mut queues: Vec<&[u32]> = known
        .iter()
        .filter_map(|b| lines[*b as usize].as_deref())
        .collect();
    queues.push(&known);
    let mut line = vec![contract];
    while line.len() < MAX_LINE {
        queues.retain(|q| !q.is_empty());
        let in_tail = |c: u32| queues.iter().any(|q| q[1..].contains(&c));
        let heads = queues.iter().map(|q| q[0]);
        let Some(next) = heads
            .clone()
            .find(|c| !in_tail(*c))
            .or(heads.clone().next())
        else {
            break;
        };
        if !line.contains(&next) {
            line.push(next);
        }
        for queue in &mut queues {
            if queue[0] == next {
                *queue = &queue[1..];
            }
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diamonds_are_ordered_as_in_solidity() {
        // O; A is O; B is O; C is A, B
        let lines = linearise(&[vec![], vec![0], vec![0], vec![1, 2]]);
        assert_eq!(lines[3], [3, 2, 1, 0]);
        // The textbook example of C3, bases turned round.
        // O=0 A=1 B=2 C=3 D=4 E=5 K1=6 K2=7 K3=8 Z=9
        let bases = [
            vec![],
            vec![0],
            vec![0],
            vec![0],
            vec![0],
            vec![0],
            vec![2, 1, 3],
            vec![5, 4, 2],
            vec![4, 1],
            vec![7, 8, 6],
        ];
        assert_eq!(linearise(&bases)[9], [9, 6, 3, 8, 1, 7, 2, 4, 5, 0]);
    }

    #[test]
    fn cycles_and_contradictions_end() {
        let lines = linearise(&[vec![1], vec![0], vec![2]]);
        assert_eq!(lines[0].len() + lines[1].len(), 3);
        assert_eq!(lines[2], [2]);
        // X is A, B and Y is B, A: Z is X, Y has no order.
        let lines = linearise(&[vec![], vec![], vec![0, 1], vec![1, 0], vec![2, 3]]);
        assert_eq!(lines[4].len(), 5);
        let chain: Vec<Vec<u32>> = (0..20_000u32)
            .map(|i| if i == 0 { vec![] } else { vec![i - 1] })
            .collect();
        assert!(linearise(&chain).iter().all(|l| l.len() <= MAX_LINE));
        let back: Vec<Vec<u32>> = (0..20_000u32)
            .map(|i| vec![i + 1])
            .chain([vec![]])
            .collect();
        assert_eq!(linearise(&back).len(), 20_001);
    }
}
