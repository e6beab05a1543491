//! Mapping templates: the useful core of the Velocity Template Language with API Gateway's variables
//! (`api-gateway-mapping-template-reference`).
//!
//! Understood: `$input.body`, `$input.json(path)`, `$input.path(path)`, `$input.params(name)`, `$util.…`, `$context.…`,
//! `$stageVariables.…`, variables of one's own, `#set`, `#if`, `#elseif`, `#else`, `#foreach`, comments, arithmetic and
//! comparisons. Anything else is refused when the diagram is read.

use super::MappingScope;
use super::evaluate::Evaluation;
use super::parse::Parser;
use crate::diagram::problem::Problem;
use serde_json::Value;

/// limits of REST APIs: 300 KB.
pub const MAXIMUM_LENGTH: usize = 300 * 1024;

/// A mapping template, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct MappingTemplate {
    source: String,
    nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    /// A reference in the text. What is not there stays as it was written, or disappears after `$!`.
    Put {
        expression: Expression,
        written: String,
    },
    Set {
        name: String,
        value: Expression,
    },
    /// Conditions with what they guard, the last one `true` for `#else`.
    If(Vec<(Expression, Vec<Node>)>),
    ForEach {
        name: String,
        list: Expression,
        body: Vec<Node>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Literal(Value),
    /// A string in double quotes, in which references are filled in.
    Text(Vec<Node>),
    List(Vec<Expression>),
    Variable(String),
    Body,
    Json(Vec<String>),
    Path(Vec<String>),
    Parameters,
    Parameter(Box<Expression>),
    Context,
    StageVariables,
    Utility(Utility, Box<Expression>),
    Field(Box<Expression>, String),
    Index(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Method, Vec<Expression>),
    Not(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Utility {
    EscapeJavaScript,
    ParseJson,
    UrlEncode,
    UrlDecode,
    Base64Encode,
    Base64Decode,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    Get,
    Size,
    IsEmpty,
    KeySet,
    Contains,
    ToString,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl MappingTemplate {
    pub(in crate::diagram) fn read(source: &str, path: &str) -> Result<MappingTemplate, Problem> {
        if source.len() > MAXIMUM_LENGTH {
            return Err(Problem::new(path, tr!("The template is longer than 300 KB.")));
        }
        Parser::new(source).template().map(|nodes| MappingTemplate { source: source.to_string(), nodes }).map_err(
            |error| {
                Problem::new(path, tr!("Line {line}: {message}.", line = error.line, message = error.message)).with_hint(
                    tr!("Understood are $input, $util, $context, $stageVariables, #set, #if, #elseif, #else, #foreach and #end."),
                )
            },
        )
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text that it makes; `None` where it would not come to an end in reasonable time.
    pub fn render(&self, scope: MappingScope<'_>) -> Option<String> {
        let mut evaluation = Evaluation::new(scope);
        let mut text = String::new();
        evaluation.render(&self.nodes, &mut text)?;
        Some(text)
    }

    pub(in crate::diagram) fn make(&self, scope: MappingScope<'_>) -> Option<Value> {
        let text = self.render(scope)?;
        Some(serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn render(template: &str) -> String {
        let scope = MappingScope {
            body: &json!({ "amount": 12.5, "name": "O'Neil \"x\"", "items": [{ "id": 1 }, { "id": 2 }], "none": null }),
            headers: &json!({ "X-One": "1" }),
            query: &json!({ "page": "2" }),
            path_parameters: &json!({ "id": "7" }),
            path: "/payments/7",
            context: &json!({ "requestId": "{{requestId}}", "identity": { "sourceIp": "192.0.2.1" } }),
            stage_variables: &json!({ "alias": "blue" }),
        };
        let template = MappingTemplate::parse(template, "t").unwrap_or_else(|problem| panic!("{problem}"));
        template.render(scope).expect("it comes to an end")
    }

    #[track_caller]
    fn check(template: &str, expected: &str) {
        assert_eq!(render(template), expected, "{template}");
    }

    #[test]
    fn the_input_is_found_in_body_path_query_and_headers() {
        check("$input.json('$.amount') $input.json('$.name')", r#"12.5 "O'Neil \"x\"""#);
        check("$input.path('$.items[1].id')", "2");
        check("${input.path('$').amount}", "12.5");
        check("$input.path('$.items')[0].id", "1");
        check("$input.params('id')$input.params('page')$input.params('x-one')$input.params('no')", "721");
        check("$input.params().path.id $input.params().header.get('X-One')", "7 1");
        check("$input.json('$.missing')", "\"\"");
        check("$context.requestId $context.identity.sourceIp $stageVariables.alias", "{{requestId}} 192.0.2.1 blue");
        assert!(render("$input.body").starts_with("{\"amount\":12.5"));
    }

    #[test]
    fn utilities_escape_and_encode() {
        check("$util.escapeJavaScript($input.path('$.name'))", r#"O\'Neil \"x\""#);
        check("$util.urlEncode('a b&c=é')", "a+b%26c%3D%C3%A9");
        check("$util.urlDecode('a+b%26c')", "a b&c");
        check("$util.base64Encode('Ada')$util.base64Decode('QWRhIQ==')", "QWRhAda!");
        check("$util.parseJson('{\"a\":[1]}').a.get(0)", "1");
    }

    #[test]
    fn directives_set_choose_and_repeat() {
        check("#set($x = 2)#set($y = $x * 3 + 1)$y", "7");
        check("#if($input.path('$.amount') > 10 && !$missing)big#{else}small#end", "big");
        check("#if($a == 'x')1#elseif($input.params('page') == \"2\")2#else 3#end", "2");
        check("#foreach($item in $input.path('$.items'))$item.id#if($foreach.hasNext),#end#end", "1,2");
        check("#foreach($x in [1, 'a'])$foreach.index:$x;#end", "0:1;1:a;");
        check("#foreach($name in $input.params().path.keySet())$name#end", "id");
        check("#set($all = \"${context.identity.sourceIp}/$x\")$all", "192.0.2.1/$x");
        check("$input.path('$.items').size() $input.path('$.items').isEmpty()", "2 false");
    }

    #[test]
    fn what_is_not_there_stays_as_written_or_disappears() {
        check("$nothing ${nothing.more} $!nothing $!{nothing}.", "$nothing ${nothing.more}  .");
        check("costs 5$ or $5 #hash", "costs 5$ or $5 #hash");
        check("a## comment\nb#* more *#c", "a\nbc");
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for wrong in [
            "\n#macro(x)#end",
            "\n$input.bdy",
            "\n$input.json('$..x')",
            "\n$util.time()",
            "\n#if($x)",
            "\n#foreach($x in $y)",
            "\n$x.frobnicate()",
            "\n#set($x)",
            "\n#if($x ==)a#end",
            "\n#end",
        ] {
            let problem = MappingTemplate::parse(wrong, "t").expect_err(wrong);
            assert!(problem.message.starts_with("Line 2:"), "{wrong}: {problem}");
        }
        assert!(MappingTemplate::parse(&"#if(1)".repeat(5_000), "t").is_err());
        assert!(MappingTemplate::parse(&format!("#set($x = {})", "(".repeat(5_000)), "t").is_err());
    }

    #[test]
    fn a_template_that_would_run_for_ever_is_stopped() {
        let list = format!("[{}]", vec!["1"; 900].join(","));
        let nested = format!("#set($l = {list})#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)x#end#end#end");
        let template = MappingTemplate::parse(&nested, "t").expect("a valid template");
        assert_eq!(template.render(MappingScope::EMPTY), None);
    }
}
