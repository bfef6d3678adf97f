import CYAML
import Settings

/// What stands next in a text, one event after the other: the only owner of a parser of libyaml.
///
/// ## Concurrency
/// Belongs to whoever calls; nothing here is shared.
@safe struct YAMLParser: ~Copyable {
    private let raw: UnsafeMutablePointer<yaml_parser_t>
    /// The parser reads from here as it goes.
    private let text: UnsafeMutableBufferPointer<UInt8>

    /// - Throws: ``YAMLProblem`` when there is no memory for a parser.
    init(_ bytes: [UInt8]) throws(YAMLProblem) {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw .unknown
        }
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = unsafe copy.initialize(fromContentsOf: bytes)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, copy.baseAddress, copy.count)
        unsafe raw = parser
        unsafe text = copy
    }

    deinit {
        unsafe yaml_parser_delete(raw)
        unsafe raw.deallocate()
        unsafe text.deallocate()
    }

    /// Parses on, up to the next event; after the last one, and after an error, there are only ``YAMLEvent/Kind/other``.
    mutating func next() throws(YAMLProblem) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        // What a failed call leaves behind is an event without memory.
        defer { unsafe yaml_event_delete(&event) }
        guard unsafe yaml_parser_parse(raw, &event) == 1 else { throw problem() }
        return unsafe YAMLEvent(kind: .init(event), position: .init(event.start_mark))
    }

    private func problem() -> YAMLProblem {
        guard let words = unsafe raw.pointee.problem else { return .unknown }
        let problem = unsafe String(cString: words)
        switch unsafe raw.pointee.error {
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            return .notYAML(problem, unsafe .init(raw.pointee.problem_mark))
        // The reader counts bytes, not lines.
        case YAML_READER_ERROR: return .notYAML(problem, nil)
        default: return .unknown  // a foreign enum: what else there is concerns memory and writing
        }
    }
}

extension YAMLEvent.Kind {
    fileprivate init(_ event: yaml_event_t) {
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT: self = .streamEnd
        case YAML_DOCUMENT_START_EVENT: self = .documentStart
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            self = unsafe .listStart(isTagged: start.implicit == 0 && start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            self = unsafe .mappingStart(isTagged: start.implicit == 0 && start.tag != nil)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: self = .end
        case YAML_SCALAR_EVENT: self = unsafe .scalar(event.scalar, isTagged: event.hasScalarTag)
        case YAML_ALIAS_EVENT: self = .alias
        default: self = .other  // a foreign enum, and what no configuration is made of
        }
    }
}

extension yaml_event_t {
    /// A scalar may hold any character, NUL among them, so that its length counts.
    fileprivate var scalar: YAMLNode.Scalar {
        let bytes = unsafe UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
        return unsafe YAMLNode.Scalar(
            text: String(decoding: bytes, as: UTF8.self),
            isPlain: data.scalar.style == YAML_PLAIN_SCALAR_STYLE
        )
    }

    /// Whether a scalar has a tag that says more than that it is a text.
    fileprivate var hasScalarTag: Bool {
        guard unsafe data.scalar.quoted_implicit == 0, let tag = unsafe data.scalar.tag else { return false }
        return unsafe String(cString: tag) != YAML_STR_TAG
    }
}

extension SettingsProblem.Position {
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}
