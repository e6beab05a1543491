//! How to deploy a template, and what to know before.

use super::Language;
use crate::diagram::Document;
use crate::exchange::template::write::{File, Note, Options, Placement, template_path};

pub fn readme(document: &Document, notes: &[Note], options: Options) -> File {
    let template = template_path(options.notation);
    let name: String =
        document.name.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    let mut text = format!(
        "# {name}\n\nWritten by Eventyard.\n\n## What is here\n\n- `{template}`: the template, for AWS SAM and CloudFormation.\n"
    );
    if options.placement == Placement::Files {
        let language = options.language.name();
        text.push_str(&format!(
            "- `src/`: the code of each function, in {language}. It needs no packages but those of the runtime.\n"
        ));
    }
    let stack = stack(&name);
    text.push_str(&format!(
        "\n## Deploy\n\nWith the [SAM CLI](https://docs.aws.amazon.com/serverless-application-model/) and credentials for an account:\n\n```sh\nsam deploy --template-file {template} --stack-name {stack} --capabilities CAPABILITY_IAM --resolve-s3 --guided\n```\n\n`sam delete --stack-name {stack}` removes everything again. What is deployed costs money.\n"
    ));
    if options.language == Language::Nodejs && options.placement == Placement::Files {
        text.push_str("\nThe AWS SDK is part of the runtime, so there is nothing to build.\n");
    }
    text.push_str("\n## What to know\n\n");
    for note in notes {
        let about =
            note.node.and_then(|id| document.node(id)).map_or(String::new(), |node| format!("**{}**: ", node.name));
        text.push_str(&format!("- {about}{}\n", note.text));
    }
    File { path: "README.md".to_string(), text }
}

/// Words of a name as a stack is called: letters, digits and hyphens, a letter first.
fn stack(name: &str) -> String {
    let mut stack = String::new();
    let lower = name.to_ascii_lowercase();
    for word in lower.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let first = stack.is_empty();
        if first && word.starts_with(|character: char| character.is_ascii_digit()) || stack.len() + word.len() > 40 {
            continue;
        }
        if !first {
            stack.push('-');
        }
        stack.push_str(word);
    }
    if stack.is_empty() { "eventyard".to_string() } else { stack }
}
