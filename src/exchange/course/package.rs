//! What lies in a package: the app, as it is, in a folder of its own; a page that shows the lab and speaks with the run-time;
//! and the manifest.

use super::Standard;
use super::manifest::{self, escape};
use crate::exchange::link::lab_fragment;
use crate::lessons::labs::Lab;

/// The page that learning management systems open.
pub const PLAYER: &str = "index.html";
/// Where the app lies.
const APP: &str = "app/";
/// Of the app: what speaks with run-times.
const ADAPTER: &str = "course.js";

/// A lab that becomes a package.
pub struct Course<'l> {
    pub lab: &'l Lab,
    /// The id, where it is one that the app has; any other goes along.
    pub shipped: Option<&'l str>,
    pub standard: Standard,
    /// So much of the score has to be reached, from 0 to 1.
    pub mastery: f64,
    /// Names the lab in statements: an address that is nobody else's.
    pub activity: String,
    /// The code of the language in which the page says what it has to say, such as `en`.
    pub language: String,
}

impl Course<'_> {
    /// Where a file of the app lies.
    pub fn place(file: &str) -> String {
        format!("{APP}{file}")
    }

    /// The files beside the app's, with what they hold. `app` are the names of the app's.
    pub fn files(&self, app: &[String]) -> Vec<(String, String)> {
        let mut names = vec![PLAYER.to_string()];
        names.extend(app.iter().map(|file| Course::place(file)));
        let manifest = match self.standard {
            Standard::Cmi5 => ("cmi5.xml".to_string(), manifest::cmi5(self)),
            Standard::Scorm12 | Standard::Scorm2004 => ("imsmanifest.xml".to_string(), manifest::ims(self, &names)),
        };
        vec![manifest, (PLAYER.to_string(), self.page())]
    }

    /// The address of the app inside, as seen from the page.
    fn address(&self) -> String {
        let mastery = super::results::decimal(self.mastery);
        let common = format!("{APP}index.html?embed&course={}&mastery={mastery}", self.standard.id());
        match self.shipped {
            Some(id) => format!("{common}&lab={id}"),
            None => format!("{common}#{}", lab_fragment(&self.lab.to_json())),
        }
    }

    fn page(&self) -> String {
        format!(
            r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title}</title>
    <style>
      html, body {{ height: 100%; margin: 0; }}
      body {{ display: flex; flex-direction: column; font: 14px system-ui, sans-serif; }}
      iframe {{ flex: 1; width: 100%; border: 0; }}
      p {{ margin: 0; padding: 8px 16px; }}
      p:empty {{ display: none; }}
    </style>
  </head>
  <body>
    <p id="note" role="status" lang="{language}"></p>
    <iframe id="lab" title="{title}" allow="fullscreen; clipboard-write"></iframe>
    <script src="{APP}{ADAPTER}" data-standard="{standard}" data-address="{address}"
      data-alone="{alone}"
      data-unlaunched="{unlaunched}"
      data-unreachable="{unreachable}"
      data-wrong="{wrong}"></script>
  </body>
</html>
"#,
            title = escape(&self.lab.title),
            standard = self.standard.id(),
            address = escape(&self.address()),
            language = escape(&self.language),
            alone =
                escape(tr!("No learning management system was found: the lab can be taken, but nothing is reported.")),
            unlaunched = escape(tr!(
                "The lab was not opened by a learning management system: it can be taken, but nothing is reported."
            )),
            unreachable = escape(tr!("The learning management system cannot be reached at the moment.")),
            wrong = escape(tr!("The learning management system did not answer as cmi5 wants it; nothing is reported.")),
        )
    }
}
