//! Configuration: one documented `laoyou.toml`, overridden by `LAOYOU_*`; an unknown key is an error.
//! Secrets come from files or the environment only (engineering.md 18).

use crate::fault::{Fault, Outcome};
use message::api::{SmsHttp, SmsOutbox};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The effective configuration.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Key file of secret columns.
    pub key_file: PathBuf,
    /// Folder of exported and uploaded files, sealed.
    pub files: PathBuf,
    /// Folder of the person-level files of snapshots, for their owner only.
    pub snapshots: PathBuf,
    /// Largest file kept, in bytes.
    pub file_limit: u64,
    /// Address to listen on.
    pub listen: IpAddr,
    /// Port; 0 takes a free one and prints it.
    pub port: u16,
    /// Address of `/metrics`, always on loopback.
    pub metrics_port: u16,
    /// Proxies in front, whose `X-Forwarded-For` is believed; anybody else's is not.
    pub proxies: Vec<IpAddr>,
    /// Sessions only over HTTPS.
    pub secure_cookie: bool,
    /// Serve a database made by `laoyou demo` outside of loopback.
    pub allow_demo: bool,
    /// Largest request body in bytes.
    pub body_limit: usize,
    /// Seconds a request may take.
    pub request_seconds: u64,
    /// `json` or `text`.
    pub log: String,
    /// Folder that text messages are written to for the operator's gateway; empty for no text messages.
    pub sms_outbox: PathBuf,
    /// Address of a gateway that text messages are handed to over HTTP; empty for none.
    pub sms_http_url: String,
    /// File with the gateway's token; empty for none.
    pub sms_http_token_file: PathBuf,
    /// 短信签名, handed over with every message.
    pub sms_http_sign: String,
    /// The gateway's keys of templates by kind of message.
    pub sms_http_templates: BTreeMap<String, String>,
    /// Folder with this place's own words of printed papers; empty for those built in.
    pub papers: PathBuf,
    /// Key that bank files are sealed with (SM2); empty for files with a digest only.
    pub bank_key_file: PathBuf,
    /// Issuer of OpenID Connect to sign in through; empty for none.
    pub oidc_issuer: String,
    /// Client id at the issuer.
    pub oidc_client: String,
    /// File with the client's secret; empty for a client without one.
    pub oidc_secret_file: PathBuf,
    /// This installation's address as browsers reach it, such as `https://laoyou.example.cn`.
    pub oidc_address: String,
    /// The claim that holds the login of an account here.
    pub oidc_claim: String,
    /// Values of `amr` or `acr` by which the issuer says that it asked for a second factor.
    pub oidc_mfa: Vec<String>,
    /// Words of the link on the sign-in page.
    pub oidc_title: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: "sqlite:data/laoyou.db".to_owned(),
            key_file: PathBuf::from("data/laoyou.key"),
            files: PathBuf::from("data/files"),
            snapshots: PathBuf::from("data/snapshots"),
            file_limit: 1024 * 1024 * 1024,
            listen: IpAddr::from([127, 0, 0, 1]),
            port: 8080,
            metrics_port: 0,
            proxies: vec![
                IpAddr::from([127, 0, 0, 1]),
                IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
            ],
            secure_cookie: true,
            allow_demo: false,
            body_limit: 2 * 1024 * 1024,
            request_seconds: 30,
            log: "json".to_owned(),
            sms_outbox: PathBuf::new(),
            sms_http_url: String::new(),
            sms_http_token_file: PathBuf::new(),
            sms_http_sign: String::new(),
            sms_http_templates: BTreeMap::new(),
            papers: PathBuf::new(),
            bank_key_file: PathBuf::new(),
            oidc_issuer: String::new(),
            oidc_client: String::new(),
            oidc_secret_file: PathBuf::new(),
            oidc_address: String::new(),
            oidc_claim: "preferred_username".to_owned(),
            oidc_mfa: vec!["mfa".to_owned()],
            oidc_title: "用统一身份登录".to_owned(),
        }
    }
}

/// Keys that the environment may override, as `LAOYOU_<KEY>`.
const KEYS: &[&str] = &[
    "database",
    "key_file",
    "files",
    "snapshots",
    "file_limit",
    "listen",
    "port",
    "metrics_port",
    "proxies",
    "secure_cookie",
    "allow_demo",
    "body_limit",
    "request_seconds",
    "log",
    "sms_outbox",
    "sms_http_url",
    "sms_http_token_file",
    "sms_http_sign",
    "sms_http_templates",
    "papers",
    "bank_key_file",
    "oidc_issuer",
    "oidc_client",
    "oidc_secret_file",
    "oidc_address",
    "oidc_claim",
    "oidc_mfa",
    "oidc_title",
];

impl Config {
    /// Reads a file (where there is one) and the environment over it.
    pub fn load(file: Option<&Path>) -> Outcome<Self> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| Fault::new(format!("读不了配置 {}：{error}", path.display())))?,
            None if Path::new("laoyou.toml").exists() => std::fs::read_to_string("laoyou.toml")?,
            None => String::new(),
        };
        Self::from_text(&text, environment())
    }

    /// From a text and overriding pairs.
    pub fn from_text(
        text: &str,
        overrides: impl IntoIterator<Item = (String, String)>,
    ) -> Outcome<Self> {
        let bad =
            |error: String| Fault::new(format!("配置有误：{error}\n可用的键：{}", KEYS.join("、")));
        let mut table: toml::Table =
            toml::from_str(text).map_err(|error| bad(error.to_string()))?;
        for (key, value) in overrides {
            if !KEYS.contains(&key.as_str()) {
                return Err(bad(format!(
                    "环境变量 LAOYOU_{} 不认识",
                    key.to_uppercase()
                )));
            }
            let typed = match (key.as_str(), value.parse::<i64>(), value.parse::<bool>()) {
                (
                    "port" | "metrics_port" | "body_limit" | "request_seconds" | "file_limit",
                    Ok(number),
                    _,
                ) => toml::Value::Integer(number),
                ("secure_cookie" | "allow_demo", _, Ok(flag)) => toml::Value::Boolean(flag),
                ("proxies" | "oidc_mfa", _, _) => toml::Value::Array(
                    value
                        .split(',')
                        .map(str::trim)
                        .filter(|one| !one.is_empty())
                        .map(|one| toml::Value::String(one.to_owned()))
                        .collect(),
                ),
                ("sms_http_templates", _, _) => toml::Value::Table(
                    value
                        .split(',')
                        .filter_map(|pair| pair.split_once('='))
                        .map(|(kind, id)| {
                            let id = toml::Value::String(id.trim().to_owned());
                            (kind.trim().to_owned(), id)
                        })
                        .collect(),
                ),
                _ => toml::Value::String(value),
            };
            table.insert(key, typed);
        }
        table
            .try_into()
            .map_err(|error: toml::de::Error| bad(error.to_string()))
    }

    /// Where files are kept.
    pub fn file_store(&self) -> files::Files {
        files::Files::new(&self.files, self.file_limit)
    }

    /// What lies beside the database. An error names a file that cannot be read or is no key.
    pub fn folders(&self) -> Outcome<crate::compose::Folders> {
        let seal = if self.bank_key_file.as_os_str().is_empty() {
            pay::seal::BankSeal::default()
        } else {
            let path = self.bank_key_file.display();
            let text = std::fs::read_to_string(&self.bank_key_file)
                .map_err(|error| Fault::new(format!("读不了 {path}：{error}")))?;
            pay::seal::BankSeal::from_text(&text)
                .map_err(|why| Fault::new(format!("{path}：{why}")))?
        };
        let papers = if self.papers.as_os_str().is_empty() {
            cases::api::PaperWords::default()
        } else {
            cases::api::PaperWords::load(&self.papers).map_err(|problems| {
                let all = problems.join("\n");
                Fault::new(format!("文书的文字有 {} 处问题：\n{all}", problems.len()))
            })?
        };
        Ok(crate::compose::Folders {
            periods: self.periods(),
            sms: self.sms()?,
            papers,
            seal,
        })
    }

    /// Where text messages go.
    fn sms(&self) -> Outcome<SmsOutbox> {
        let folder = !self.sms_outbox.as_os_str().is_empty();
        if self.sms_http_url.is_empty() {
            return Ok(if folder {
                SmsOutbox::Folder(self.sms_outbox.clone())
            } else {
                SmsOutbox::Off
            });
        }
        if folder {
            return Err(Fault::new(
                "sms_outbox 和 sms_http_url 只能写一个：短信要么写进文件夹，要么交给网关",
            ));
        }
        let token = if self.sms_http_token_file.as_os_str().is_empty() {
            String::new()
        } else {
            let path = self.sms_http_token_file.display();
            std::fs::read_to_string(&self.sms_http_token_file)
                .map_err(|error| Fault::new(format!("读不了 {path}：{error}")))?
        };
        let gateway = SmsHttp::new(
            &self.sms_http_url,
            token.trim().to_owned(),
            self.sms_http_sign.clone(),
            self.sms_http_templates.clone(),
        )
        .map_err(|why| Fault::new(format!("配置 sms_http_* 有误：{why}")))?;
        Ok(SmsOutbox::Http(Arc::new(gateway)))
    }

    /// Where snapshots lie.
    pub fn periods(&self) -> period::api::PeriodSettings {
        period::api::PeriodSettings {
            directory: Some(self.snapshots.clone()),
            ..period::api::PeriodSettings::default()
        }
    }

    /// Where to listen.
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.listen, self.port)
    }

    /// The effective values, with what is secret masked.
    pub fn shown(&self) -> String {
        let database = match self.database.split_once("://") {
            Some((scheme, rest)) => match rest.split_once('@') {
                Some((_, host)) => format!("{scheme}://***@{host}"),
                None => self.database.clone(),
            },
            None => self.database.clone(),
        };
        format!(
            "database = \"{database}\"\nkey_file = \"{}\"\nfiles = \"{}\"\nsnapshots = \"{}\"\nfile_limit = {}\nlisten = \"{}\"\nport = {}\nmetrics_port = {}\nproxies = {:?}\nsecure_cookie = {}\nallow_demo = {}\nbody_limit = {}\nrequest_seconds = {}\nlog = \"{}\"\nsms_outbox = \"{}\"\nsms_http_url = \"{}\"\nsms_http_token_file = \"{}\"\nsms_http_sign = \"{}\"\nsms_http_templates = {{ {} }}\npapers = \"{}\"\nbank_key_file = \"{}\"\noidc_issuer = \"{}\"\noidc_client = \"{}\"\noidc_secret_file = \"{}\"\noidc_address = \"{}\"\noidc_claim = \"{}\"\noidc_mfa = {:?}\noidc_title = \"{}\"",
            self.key_file.display(),
            self.files.display(),
            self.snapshots.display(),
            self.file_limit,
            self.listen,
            self.port,
            self.metrics_port,
            self.proxies
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            self.secure_cookie,
            self.allow_demo,
            self.body_limit,
            self.request_seconds,
            self.log,
            self.sms_outbox.display(),
            self.sms_http_url,
            self.sms_http_token_file.display(),
            self.sms_http_sign,
            self.sms_http_templates
                .iter()
                .map(|(kind, id)| format!("{kind} = {id:?}"))
                .collect::<Vec<_>>()
                .join(", "),
            self.papers.display(),
            self.bank_key_file.display(),
            self.oidc_issuer,
            self.oidc_client,
            self.oidc_secret_file.display(),
            self.oidc_address,
            self.oidc_claim,
            self.oidc_mfa,
            self.oidc_title
        )
    }
}

fn environment() -> Vec<(String, String)> {
    std::env::vars()
        .filter_map(|(key, value)| {
            key.strip_prefix("LAOYOU_")
                .map(|key| (key.to_lowercase(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// engineering.md 18: an unknown key is an error, the environment wins, secrets are masked.
    #[test]
    fn unknown_keys_are_refused_and_the_environment_wins() {
        let config =
            Config::from_text("port = 9000\n", [("port".to_owned(), "9100".to_owned())]).unwrap();
        assert_eq!(config.port, 9100);
        let proxied = [("proxies".to_owned(), "10.0.0.2, 10.0.0.3".to_owned())];
        assert_eq!(Config::from_text("", proxied).unwrap().proxies.len(), 2);
        assert!(Config::from_text("proxies = [\"gateway\"]\n", []).is_err());
        assert!(Config::from_text("prot = 9000\n", []).is_err());
        assert!(Config::from_text("", [("prot".to_owned(), "1".to_owned())]).is_err());
        let secret = Config {
            database: "postgres://laoyou:geheim@db/laoyou".to_owned(),
            ..Config::default()
        };
        assert!(!secret.shown().contains("geheim"));
    }

    /// Row C33, engineering.md 18: text messages go one way; templates are read from file and environment; what is shown
    /// can be read again.
    #[test]
    fn text_messages_go_one_way() {
        let of = |text: &str| Config::from_text(text, []).unwrap();
        assert!(matches!(of("").sms(), Ok(SmsOutbox::Off)));
        let folder = "sms_outbox = \"out\"\n";
        assert!(matches!(of(folder).sms(), Ok(SmsOutbox::Folder(_))));
        let http = "sms_http_url = \"https://sms.example.cn/send\"\n";
        assert!(matches!(of(http).sms(), Ok(SmsOutbox::Http(_))));
        assert!(of(&format!("{folder}{http}")).sms().is_err());
        let plain = "sms_http_url = \"http://sms.example.cn/send\"\n";
        assert!(of(plain).sms().is_err(), "numbers in clear");
        let pairs = [(
            "sms_http_templates".to_owned(),
            "paid=SMS_1, returned=SMS_2".to_owned(),
        )];
        let config = Config::from_text(http, pairs).unwrap();
        assert_eq!(config.sms_http_templates.len(), 2);
        assert_eq!(of(&config.shown()), config);
    }
}
