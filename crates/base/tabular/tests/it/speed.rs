//! How fast and in how much memory; run by hand: `cargo test -p tabular -- --ignored --nocapture`.

use crate::scratch;
use rust_xlsxwriter::Workbook;
use std::fs::File;
use std::time::Duration;
use tabular::sample::{Person, gbk_csv};
use tabular::{Choice, Step, value};

/// People with numbers whose check digit holds.
fn people(count: u64) -> impl Iterator<Item = Person> {
    (0..count).map(|number| {
        let body = format!(
            "421303{}{:02}{:02}{:03}",
            1930 + number % 40,
            1 + number % 12,
            1 + number % 28,
            number % 1000
        );
        let check = kernel::id_number::check_digit(&body).unwrap();
        Person {
            name: "张三丰".to_owned(),
            id_number: format!("{body}{check}"),
            area: "随州市曾都区东城街道文峰社区".to_owned(),
        }
    })
}

/// The most memory this process had, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("");
    let number: String = line.chars().filter(char::is_ascii_digit).collect();
    number.parse::<u64>().unwrap_or(0) / 1024
}

/// What this process has computed so far; other work on the machine does not count.
fn computed() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or("");
    let ticks = after.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}

#[expect(clippy::print_stdout, reason = "a measurement is for reading")]
fn walk(path: &std::path::Path, what: &str) {
    let begin = computed();
    let found = tabular::detect(path, &Choice::default()).unwrap();
    let looked = computed().saturating_sub(begin);
    let begin = computed();
    let mut rows = tabular::open(path, &found).unwrap();
    let (mut count, mut cells) = (0, 0);
    while let Some(step) = rows.next().unwrap() {
        if let Step::Row(row) = step {
            count += 1;
            cells += row.cells().filter(|cell| !cell.is_empty()).count();
        }
    }
    let read = computed().saturating_sub(begin);
    let begin = computed();
    let today = kernel::Day::from_ymd(2025, 1, 1).unwrap();
    let mut rows = tabular::open(path, &found).unwrap();
    let mut good = 0;
    while let Some(step) = rows.next().unwrap() {
        if let Step::Row(row) = step {
            let fine = value::identity(row.cell(2), today).is_ok()
                && value::name(row.cell(1)).is_ok()
                && value::sex(row.cell(3)).is_ok()
                && value::day(row.cell(4)).is_ok()
                && value::phone(row.cell(8)).is_ok()
                && value::fen(row.cell(12), value::Unit::Yuan).is_ok();
            good += usize::from(fine);
        }
    }
    println!(
        "{what}: {count} rows, {cells} cells; detect {looked:?}, read {read:?}, read and understood \
         {good}: {:?}; peak {} MB",
        computed().saturating_sub(begin),
        peak()
    );
    assert_eq!(count, good);
}

#[test]
#[ignore = "a measurement, run by hand"]
fn a_million_rows() {
    let folder = scratch("speed");
    let path = folder.join("roll");
    gbk_csv(people(1_000_000), File::create(&path).unwrap()).unwrap();
    println!(
        "{} MB of CSV",
        std::fs::metadata(&path).unwrap().len() / 1_000_000
    );
    walk(&path, "GBK CSV");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
#[ignore = "a measurement, run by hand"]
fn a_full_sheet() {
    let folder = scratch("sheet");
    let path = folder.join("roll");
    let mut workbook = Workbook::new();
    workbook.set_tempdir(&folder).unwrap();
    let sheet = workbook.add_worksheet_with_low_memory();
    for (at, heading) in tabular::sample::HEADINGS.iter().enumerate() {
        sheet.write(0, at as u16, *heading).unwrap();
    }
    for (row, person) in people(1_000_000).enumerate() {
        let row = row as u32 + 1;
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, person.name).unwrap();
        sheet.write(row, 2, person.id_number).unwrap();
        sheet.write(row, 3, "男").unwrap();
        sheet.write(row, 4, "1950-01-01").unwrap();
        sheet.write(row, 6, person.area).unwrap();
        sheet.write(row, 7, format!("曾都区{row}号")).unwrap();
        sheet.write(row, 8, "13800000000").unwrap();
        sheet.write(row, 12, 100.5).unwrap();
    }
    workbook.save(&path).unwrap();
    drop(workbook);
    println!(
        "{} MB of XLSX",
        std::fs::metadata(&path).unwrap().len() / 1_000_000
    );
    walk(&path, "XLSX");
    std::fs::remove_dir_all(folder).unwrap();
}
