import ArgumentParser
import ClinicalPortal

/// Who was shown what was later corrected or taken back.
struct Recall: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists who was shown what was later corrected or taken back; closes such tasks.",
        subcommands: [List.self, Show.self, Close.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tasks.")
        @OptionGroup var options: StoreOptions

        func run() throws {
            let tasks = try options.open { try $0.portal.recalls(as: $1, at: $2) }
            Output.line(options.json ? try RecallView.json(tasks) : RecallView.text(tasks))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the values that a task is about, for the purpose of recall alone."
        )
        @OptionGroup var options: StoreOptions
        @Argument(help: "The task's handle.") var task: String

        func run() throws {
            let values = try options.open { try $0.portal.recalledValues(task, as: $1, at: $2) }
            Output.line(options.json ? try RecallView.json(values) : RecallView.text(values))
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a task by what was done about it."
        )
        @OptionGroup var options: StoreOptions
        @Option(help: "What was done, in your words.") var action: String
        @Argument(help: "The task's handle.") var task: String

        func run() throws {
            try options.open { try $0.portal.closeRecall(task, action: action, as: $1, at: $2) }
        }
    }
}
