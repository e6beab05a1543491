//! The files that tell a learning management system what a package holds.

use super::Standard;
use super::package::{Course, PLAYER};

/// Text as XML's content and attributes take it; what XML does not know at all is left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            control if control < ' ' => {}
            '\u{fffe}' | '\u{ffff}' => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// An address of a file, as a manifest refers to it.
fn reference(path: &str) -> String {
    escape(&path.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F"))
}

/// `imsmanifest.xml`. `files` are all that the package holds beside it.
pub(super) fn ims(course: &Course<'_>, files: &[String]) -> String {
    let title = escape(&course.lab.title);
    let identifier = format!("eventyard-{}", course.lab.id);
    let listed: String = files.iter().map(|file| format!("      <file href=\"{}\"/>\n", reference(file))).collect();
    let old = course.standard == Standard::Scorm12;
    let (spaces, schema, kind, sequencing) = if old {
        (SPACES_12, ("ADL SCORM", "1.2"), "scormtype", "")
    } else {
        (SPACES_2004, ("ADL SCORM", "2004 4th Edition"), "scormType", SEQUENCING)
    };
    let control = if old { "" } else { CONTROL };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{identifier}" version="1.0" {spaces}>
  <metadata>
    <schema>{}</schema>
    <schemaversion>{}</schemaversion>
  </metadata>
  <organizations default="course">
    <organization identifier="course">
      <title>{title}</title>
      <item identifier="lab" identifierref="player" isvisible="true">
        <title>{title}</title>
{sequencing}      </item>
{control}    </organization>
  </organizations>
  <resources>
    <resource identifier="player" type="webcontent" adlcp:{kind}="sco" href="{PLAYER}">
{listed}    </resource>
  </resources>
</manifest>
"#,
        schema.0, schema.1,
    )
}

/// Where the schemas of the namespaces are, is known to whoever checks.
const SPACES_12: &str = r#"xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd""#;
const SPACES_2004: &str = r#"xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd http://www.adlnet.org/xsd/adlcp_v1p3 adlcp_v1p3.xsd http://www.imsglobal.org/xsd/imsss imsss_v1p0.xsd""#;

/// The lab says itself when it is done and when it is passed.
const SEQUENCING: &str = r#"        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>
"#;
const CONTROL: &str = r#"      <imsss:sequencing>
        <imsss:controlMode choice="true" flow="true"/>
      </imsss:sequencing>
"#;

/// `cmi5.xml`.
pub(super) fn cmi5(course: &Course<'_>) -> String {
    let text = |text: &str| format!("<langstring lang=\"en-US\">{}</langstring>", escape(text));
    let summary = if course.lab.summary.is_empty() { &course.lab.title } else { &course.lab.summary };
    let (title, summary) = (text(&course.lab.title), text(summary));
    let (id, mastery) = (escape(&course.activity), super::results::decimal(course.mastery));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
  <course id="{id}/course">
    <title>{title}</title>
    <description>{summary}</description>
  </course>
  <au id="{id}" moveOn="CompletedOrPassed" masteryScore="{mastery}" launchMethod="AnyWindow">
    <title>{title}</title>
    <description>{summary}</description>
    <url>{PLAYER}</url>
  </au>
</courseStructure>
"#
    )
}
