//! One reading of a list: what its pages say about whether it is complete.

use super::Paging;

/// One reading of a list, from its start to its end.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// How many entries its pages had, repeated ones included: where the next page begins.
    pub(super) offset: u32,
    /// How many of them were different.
    pub(super) distinct: u32,
    /// How many entries came to the list in front of what had been read.
    added: u32,
    /// The hashes of the ids on the last page.
    page: Vec<u64>,
    /// The total told last, as long as it may be true.
    pub(super) total: Option<f64>,
    /// On each page so far the total is the number of entries on that page.
    counts_page: bool,
    /// The total has been contradicted by the pages.
    is_total_wrong: bool,
    /// Pages overlapped, or the list shrank: entries may be missing.
    is_torn: bool,
}

impl Reading {
    /// Adds a page of these ids, of which so many are fresh in this reading: whether it was the last one.
    pub(super) fn add(
        &mut self,
        ids: Vec<u64>,
        fresh: u32,
        told: Option<f64>,
        asked: Option<u32>,
        paging: Paging,
        is_total_known: bool,
    ) -> bool {
        let count = ids.len() as u32;
        let is_first = self.offset == 0;
        let before = std::mem::replace(&mut self.page, ids);
        self.offset = self.offset.saturating_add(count);
        self.distinct = self.distinct.saturating_add(fresh);
        let grown = self.note_total(told, count, is_first);
        if count == 0 {
            return true;
        }
        if fresh == 0 {
            // The same page again: the service ignores `$skip`, and gives all that it has - unless the page is as long
            // as was asked for, for then there may be more.
            let is_whole = match paging {
                Paging::Sized(_) => asked != Some(count),
                Paging::Bare => before.len() as u32 == self.offset - count,
            };
            self.is_torn |= !(before == self.page && is_whole);
            return true;
        }
        let repeated = count - fresh;
        if repeated > 0 {
            // What came to the front of the list has moved the end of the last page to the beginning of this one.
            let is_moved = f64::from(repeated) <= grown
                && before.len().checked_sub(repeated as usize).and_then(|from| before.get(from..))
                    == self.page.get(..repeated as usize);
            if is_moved {
                self.added = self.added.saturating_add(repeated);
            } else {
                self.is_torn = true;
            }
        }
        let may_be_a_page = match asked {
            Some(top) => count == top,
            None => is_usual_page(count),
        };
        self.has_all() && (is_total_known || !(self.counts_page && may_be_a_page))
    }

    /// Notes the total of a page with so many entries: by how much it has grown.
    fn note_total(&mut self, told: Option<f64>, count: u32, is_first: bool) -> f64 {
        let counts_page = told == Some(f64::from(count));
        if !is_first && self.counts_page && counts_page {
            // These pages together are more.
            self.is_total_wrong = true;
        }
        self.counts_page = counts_page && (is_first || self.counts_page);
        // What is less than the page itself is no total.
        let told = told.filter(|total| *total >= f64::from(count));
        let grown = match (told, self.total) {
            (Some(told), Some(total)) => told - total,
            _ => 0.0,
        };
        self.is_torn |= !self.is_total_wrong && grown < 0.0;
        self.total = told.or(self.total);
        self.is_total_wrong |= self.total.is_some_and(|total| total < f64::from(self.distinct));
        if self.is_total_wrong {
            self.total = None;
        }
        grown
    }

    /// Whether as many entries were read as there are.
    pub(super) fn has_all(&self) -> bool {
        self.total.is_some_and(|total| f64::from(self.offset) >= total)
    }

    /// Whether nothing speaks against the list being complete.
    pub(super) fn is_complete(&self) -> bool {
        let count = f64::from(self.distinct) + f64::from(self.added);
        !self.is_torn && self.total.is_none_or(|total| count >= total)
    }
}

/// Whether a service may give so many entries of a longer list that was asked for no page: 10, 20, 25, 50, 100 and so on,
/// or a power of two.
fn is_usual_page(count: u32) -> bool {
    let mut leading = count;
    while leading >= 10 && leading.is_multiple_of(10) {
        leading /= 10;
    }
    count >= 10 && (matches!(leading, 1 | 2 | 5 | 25) || count.is_power_of_two())
}
