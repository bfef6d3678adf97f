/// One row of the table that everything about settings follows from: the parser, the help, the documents.
package struct Setting<Target: Sendable>: Sendable {
    /// How many words a value has.
    package enum Arity: Sendable { case one, many }

    /// What a new value needs before it counts.
    package enum Change: String, Sendable {
        /// It is taken while the process runs.
        case live = "SIGHUP"
        /// It is taken at the next start.
        case restart
    }

    /// Dotted, as the file nests it: `tunnel.listen`.
    package let key: String
    package let placeholder: String
    package let summary: String
    package let arity: Arity
    package let isTruth: Bool
    /// Never shown, and never taken from the command line, where every user of the machine can read it.
    package let isSecret: Bool
    package let change: Change
    let store: @Sendable ([String], inout Target) throws -> Void
    /// Puts the value of the first into the second.
    let copy: @Sendable (Target, inout Target) -> Void
    let differs: @Sendable (Target, Target) -> Bool
    /// The value as it would be written; of a secret only that there is one.
    package let words: @Sendable (Target) -> [String]

    /// A setting of one value.
    package init<Value: Sendable>(
        _ key: String,
        _ form: SettingForm<Value>,
        _ path: any WritableKeyPath<Target, Value> & Sendable,
        change: Change,
        _ summary: String
    ) {
        self.key = key
        placeholder = form.placeholder
        self.summary = summary
        arity = .one
        isTruth = Value.self == Bool.self
        isSecret = false
        self.change = change
        store = { words, target in
            guard words.count == 1 else { throw SettingRefusal("it takes one value, not a list") }
            target[keyPath: path] = try form.parse(words[0])
        }
        words = { [form.print($0[keyPath: path])] }
        differs = { [words] in words($0) != words($1) }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// A setting of one value or none, with a word for none.
    package init<Value: Sendable>(
        _ key: String,
        _ form: SettingForm<Value>,
        orElse word: String,
        _ path: any WritableKeyPath<Target, Value?> & Sendable,
        change: Change,
        _ summary: String
    ) {
        self.init(key, form.orElse(word), path, change: change, summary)
    }

    /// A setting that is absent until it is given.
    package init<Value: Sendable>(
        _ key: String,
        _ form: SettingForm<Value>,
        optional path: any WritableKeyPath<Target, Value?> & Sendable,
        change: Change,
        _ summary: String
    ) {
        self.key = key
        placeholder = form.placeholder
        self.summary = summary
        arity = .one
        isTruth = false
        isSecret = false
        self.change = change
        store = { words, target in
            guard words.count == 1 else { throw SettingRefusal("it takes one value, not a list") }
            target[keyPath: path] = try form.parse(words[0])
        }
        words = { target in target[keyPath: path].map { [form.print($0)] } ?? [] }
        differs = { [words] in words($0) != words($1) }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// A setting of many values; a later source replaces the whole list.
    package init<Value: Sendable>(
        _ key: String,
        _ form: SettingForm<Value>,
        list path: any WritableKeyPath<Target, [Value]> & Sendable,
        change: Change,
        _ summary: String
    ) {
        self.key = key
        placeholder = form.placeholder
        self.summary = summary
        arity = .many
        isTruth = false
        isSecret = false
        self.change = change
        store = { words, target in target[keyPath: path] = try words.map(form.parse) }
        words = { $0[keyPath: path].map(form.print) }
        differs = { [words] in words($0) != words($1) }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// A secret that is absent until it is given.
    package init(
        _ key: String,
        leastBytes: Int,
        secret path: any WritableKeyPath<Target, Secret?> & Sendable,
        change: Change,
        _ summary: String
    ) {
        self.key = key
        placeholder = "secret"
        self.summary = summary
        arity = .one
        isTruth = false
        isSecret = true
        self.change = change
        store = { words, target in
            guard words.count == 1, words[0].utf8.count >= leastBytes else {
                throw SettingRefusal("the secret cannot be used: it has to have at least \(leastBytes) bytes")
            }
            // What reads the environment repairs it: every byte that is no text has become this one character.
            guard !words[0].unicodeScalars.contains("\u{FFFD}") else {
                throw SettingRefusal("the secret cannot be used: it is not UTF-8")
            }
            target[keyPath: path] = Secret(Array(words[0].utf8))
        }
        words = { $0[keyPath: path].map { [$0.description] } ?? [] }
        differs = { $0[keyPath: path] != $1[keyPath: path] }
        copy = { $1[keyPath: path] = $0[keyPath: path] }
    }

    /// `--tunnel-listen`; nil for a secret.
    package var flag: String? {
        isSecret ? nil : "--" + String(key.map { $0 == "." || $0 == "_" ? "-" : $0 })
    }

    /// `OSM_PROXY_TUNNEL_LISTEN`, when the prefix is `OSM_PROXY_`.
    package func environmentName(_ prefix: String) -> String {
        prefix + String(key.map { $0 == "." ? "_" : $0 }).uppercased()
    }
}
