//! A worker takes row groups, one at a time, and adds up what it finds.

use super::batch::{Batch, Column};
use super::batch_answers::BatchAnswers;
use super::eval::Masks;
use super::places::NOWHERE;
use super::select::select;
use super::tally::Sums;
use super::{BATCH, Take};
use crate::Error;
use crate::mask::{ones, valid};
use crate::program::{Col, Item, NodeId, Num, Plan, Program};
use crate::snapshot::Snapshot;
use arrow::array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use rules::FactId;
use rules::folder::AreaBasis;
use std::fs::File;

/// How a row group is read.
pub(crate) struct Reading {
    /// Everybody: the items that ask no birth date, and who may be entitled to those that do.
    first: Plan,
    /// Only those people, with the columns that only these items read.
    second: Option<(NodeId, Plan)>,
    /// Whether the keys are read too.
    people: bool,
}

impl Reading {
    /// For sums: most people are too young for most items, and their other facts are skipped
    /// without being unpacked; the file keeps them together (docs/snapshot.md).
    pub(crate) fn sums(program: &Program) -> Self {
        let second = program
            .within
            .map(|id| (id, Plan::of(program, |item| item.bounded, None)));
        let first = Plan::of(program, |item| !item.bounded, program.within);
        Self {
            first,
            second,
            people: false,
        }
    }

    /// As [`Self::answers`], with nodes besides those the answers need; the keys where asked.
    pub(crate) fn with(program: &Program, besides: &[NodeId], people: bool) -> Self {
        Self {
            first: Plan::of(program, |_| true, besides.iter().copied()),
            second: None,
            people,
        }
    }

    /// For the answers of each person: all items at once.
    pub(crate) fn answers(program: &Program) -> Self {
        Self::with(program, &[], true)
    }
}

/// A worker.
pub(crate) struct Worker<'a> {
    snapshot: &'a Snapshot,
    pub(crate) program: &'a Program,
    reading: &'a Reading,
    file: File,
    pub(crate) masks: Masks,
    pub(crate) sums: Sums,
    /// The place of each row of the batch.
    hukou: Vec<u32>,
    residence: Vec<u32>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        program: &'a Program,
        reading: &'a Reading,
    ) -> Result<Self, Error> {
        Ok(Self {
            snapshot,
            program,
            reading,
            // A file of its own: the place where one reads is not shared with the others.
            file: snapshot.again()?,
            masks: Masks::new(program),
            sums: Sums::new(program.items.len()),
            hukou: Vec::new(),
            residence: Vec::new(),
        })
    }

    /// Evaluates a row group.
    pub(crate) fn row_group(
        &mut self,
        group: usize,
        mut take: Option<&mut Take<'_>>,
    ) -> Result<(), Error> {
        let reading = self.reading;
        let mut selected = Vec::new();
        let mut first_row = 0;
        for batch in self.read(group, &reading.first, None)? {
            let batch = batch.map_err(Error::arrow(&self.snapshot.path))?;
            let batch = self.evaluate(&reading.first, &batch)?;
            self.count_people(batch.rows);
            if let Some((within, _)) = reading.second {
                select(self.masks.get(within), batch.rows, first_row, &mut selected);
            }
            let found = self.items(&reading.first, &batch, take.is_some());
            if let Some(take) = &mut take {
                let last = first_row + batch.rows == self.snapshot.rows(group);
                let (items, worker) = (found, &*self);
                take(&BatchAnswers {
                    row_group: group,
                    first_row,
                    last,
                    rows: batch.rows,
                    people: batch.people.as_ref(),
                    items,
                    worker,
                })?;
            }
            first_row += batch.rows;
        }
        let Some((_, second)) = &reading.second else {
            return Ok(());
        };
        if selected.is_empty() {
            return Ok(());
        }
        let selected = RowSelection::from_consecutive_ranges(selected.into_iter(), first_row);
        for batch in self.read(group, second, Some(selected))? {
            let batch = batch.map_err(Error::arrow(&self.snapshot.path))?;
            let batch = self.evaluate(second, &batch)?;
            self.items(second, &batch, false);
        }
        Ok(())
    }

    fn read(
        &self,
        group: usize,
        plan: &Plan,
        selected: Option<RowSelection>,
    ) -> Result<ParquetRecordBatchReader, Error> {
        let file = self
            .file
            .try_clone()
            .map_err(Error::file(&self.snapshot.path))?;
        let reader = self.snapshot.reader.clone();
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, reader);
        let facts = plan
            .columns
            .iter()
            .filter_map(|col| self.snapshot.column(col.fact()?));
        let people = self.reading.people.then(|| self.snapshot.person());
        let columns = ProjectionMask::roots(builder.parquet_schema(), facts.chain(people));
        let builder = builder
            .with_projection(columns)
            .with_row_groups(vec![group])
            .with_batch_size(BATCH);
        let builder = match selected {
            Some(selected) => builder.with_row_selection(selected),
            None => builder,
        };
        builder.build().map_err(Error::parquet(&self.snapshot.path))
    }

    fn evaluate(&mut self, plan: &Plan, batch: &RecordBatch) -> Result<Batch, Error> {
        let places = &mut self.sums.places;
        let batch = Batch::read(self.snapshot, &plan.columns, batch, places)?;
        self.sums.grow();
        for (fact, rows) in [
            (FactId::HUKOU_AREA, &mut self.hukou),
            (FactId::RESIDENCE_AREA, &mut self.residence),
        ] {
            rows.clear();
            match batch.column(Col::of(fact)) {
                Column::Areas(keys, areas) => areas.rows(keys, rows),
                _ => rows.resize(batch.rows, NOWHERE),
            }
        }
        self.masks.evaluate(self.program, &plan.nodes, &batch);
        Ok(batch)
    }

    /// The places of an area basis.
    pub(crate) fn areas(&self, basis: AreaBasis) -> &[u32] {
        match basis {
            AreaBasis::Hukou => &self.hukou,
            AreaBasis::Residence | AreaBasis::Facility => &self.residence,
        }
    }

    fn count_people(&mut self, rows: usize) {
        self.sums.people += rows as u64;
        for (people, rows) in [
            (&mut self.sums.hukou, &self.hukou),
            (&mut self.sums.residence, &self.residence),
        ] {
            for place in rows {
                if let Some(people) = people.get_mut(*place as usize) {
                    *people += 1;
                }
            }
        }
    }

    /// Adds up the items of a plan; where `keep`, the amounts of those entitled are given back.
    fn items(&mut self, plan: &Plan, batch: &Batch, keep: bool) -> Vec<Vec<Option<i64>>> {
        let mut kept = Vec::new();
        for place in &plan.items {
            let mut fens = Vec::new();
            if let Some(item) = self.program.items.get(*place) {
                self.item(*place, item, batch, keep.then_some(&mut fens));
            }
            kept.push(fens);
        }
        kept
    }

    fn item(
        &mut self,
        place: usize,
        item: &Item,
        batch: &Batch,
        mut keep: Option<&mut Vec<Option<i64>>>,
    ) {
        let Some(cells) = self.sums.items.get_mut(place) else {
            return;
        };
        let areas = match item.basis {
            AreaBasis::Hukou => &self.hukou,
            AreaBasis::Residence | AreaBasis::Facility => &self.residence,
        };
        let mask = self.masks.get(item.answer);
        for row in ones(&mask.yes) {
            let Some(cell) = areas
                .get(row)
                .and_then(|area| cells.get_mut(*area as usize))
            else {
                continue;
            };
            cell.yes += 1;
            let Some(amount) = &item.amount else { continue };
            let fen = match amount {
                Num::Const(fen) => Some(*fen),
                _ => self.masks.number(amount, self.program.dates, batch, row),
            };
            match fen {
                Some(fen) => cell.fen += i128::from(fen),
                None => cell.fen_unknown += 1,
            }
            if let Some(kept) = &mut keep {
                kept.push(fen);
            }
        }
        let words = mask.yes.iter().zip(&mask.no).enumerate();
        for (at, (yes, no)) in words {
            let unknown = valid(at, batch.rows) & !(yes | no);
            if unknown == 0 {
                continue;
            }
            let areas = areas.get(at * 64..).unwrap_or_default();
            for row in ones(&[unknown]) {
                if let Some(cell) = areas
                    .get(row)
                    .and_then(|area| cells.get_mut(*area as usize))
                {
                    cell.unknown += 1;
                }
            }
        }
    }
}
