//! One page, readable words, the same bytes.

use crate::read::{keep, part, parts, pdf, words};
use crate::sample::paper;
use docs::{DocError, Fonts, to_docx, to_pdf};

fn fonts() -> Fonts {
    Fonts::find(None).unwrap()
}

const WORDS: [&str; 9] = [
    "某市「一老一小」一页纸",
    "数据截至2025年6月30日",
    "演示数据",
    "428,145",
    "第10项指标的名称",
    "风景名胜区",
    "应享未享1,204人",
    "由市民政局负责",
    "口径：现值",
];

/// Row A03, product.md 43: a full page is one A4 page whose words can be read by machine, charts too.
#[test]
fn a_pdf_is_one_page_of_readable_words() {
    let paper = paper(10);
    let bytes = to_pdf(&paper, &fonts()).unwrap();
    keep("paper.pdf", &bytes);
    let (pages, text) = pdf(&bytes);
    assert_eq!(pages, 1);
    for words in WORDS {
        let words: String = words.split_whitespace().collect();
        assert!(text.contains(&words), "{words}: {text}");
    }
    // Lights are words, the digest is there, the charts' numbers are words too.
    let digest = &paper.digest()[..4];
    for words in ["红", "黄", "绿", "灰", digest, "目标60", "逾期"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        bytes.len() < 400_000,
        "{} bytes: fonts are not cut down",
        bytes.len()
    );
}

/// However much there is, it stays one page: the type gets smaller.
#[test]
fn more_rows_make_smaller_type_not_a_second_page() {
    let (pages, text) = pdf(&to_pdf(&paper(22), &fonts()).unwrap());
    assert_eq!(pages, 1);
    assert!(text.contains("第22项"));
}

/// Product.md 43: a DOCX opens as zip, holds the same words and the charts as pictures that say what they show.
#[test]
fn a_docx_holds_the_same_words_and_its_charts() {
    let paper = paper(10);
    let bytes = to_docx(&paper, &fonts()).unwrap();
    keep("paper.docx", &bytes);
    let document = words(&bytes, "word/document.xml");
    for words in WORDS {
        let words: String = words.split_whitespace().collect();
        assert!(document.contains(&words), "{words}: {document}");
    }
    let pictures: Vec<String> = parts(&bytes)
        .into_iter()
        .filter(|name| name.contains("rIdImage"))
        .collect();
    assert_eq!(pictures.len(), 2, "{pictures:?}");
    for picture in &pictures {
        assert!(part(&bytes, picture).starts_with(b"\x89PNG"));
    }
    let xml = String::from_utf8(part(&bytes, "word/document.xml")).unwrap();
    for described in ["descr=\"护理型床位占比", "descr=\"2023年 21 项：完成 15"] {
        assert!(xml.contains(described), "{described}");
    }
    assert!(words(&bytes, "word/footer1.xml").contains(&paper.digest()[..4]));
    assert!(words(&bytes, "docProps/core.xml").contains("2025-06-30T00:00:00Z"));
}

type Set = fn(&docs::Paper, &Fonts) -> Result<Vec<u8>, DocError>;

/// Invariant 12: the same paper gives the same bytes, another word another digest and other bytes.
#[test]
fn the_same_paper_gives_the_same_bytes() {
    let (one, other) = (paper(3), paper(4));
    assert_ne!(one.digest(), other.digest());
    for set in [to_pdf as Set, to_docx] {
        let first = set(&one, &fonts()).unwrap();
        let between = set(&other, &fonts()).unwrap();
        assert!(first == set(&one, &fonts()).unwrap());
        assert!(first != between);
    }
    // No wall clock in the zip: its entries bear the first day of the format.
    let docx = to_docx(&one, &fonts()).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).unwrap();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).unwrap();
        assert_eq!(entry.last_modified().map(|day| day.year()), Some(1980));
    }
}
