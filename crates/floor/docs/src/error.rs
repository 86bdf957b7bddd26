//! Why a paper was not set, in words for the reader.

use std::path::PathBuf;

/// Why a paper was not set.
#[derive(Debug, thiserror::Error)]
pub enum DocError {
    /// No font with Chinese characters.
    #[error(
        "这台服务器没有中文字体，不能生成文件。请系统管理员安装 fonts-noto-cjk（Debian、Ubuntu）或 \
         google-noto-sans-cjk-ttc-fonts（openEuler、Fedora），或者把字体文件放进字体文件夹。找过：{0}"
    )]
    NoFont(String),
    /// A font file that was found cannot be read.
    #[error("字体文件 {file} 不能读取：{why}")]
    BadFont {
        /// The file.
        file: PathBuf,
        /// The reason.
        why: String,
    },
    /// The feature `pdf` is off.
    #[error("本程序编译时没有带 PDF 功能，请导出 DOCX。")]
    WithoutPdf,
    /// A picture that cannot be drawn.
    #[error("图不能画出：{0}")]
    Chart(String),
    /// Anything else: a fault of this crate.
    #[error("文件没有生成：{0}")]
    Setting(String),
}
