// What a peer's message may hold: the bounds of the yellow paper, 5.3 and 5.4. A breach is a missing member.

extension Hello {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.protocol = try container.decode(in: 1...TunnelConstants.largestReference, forKey: .protocol)
        agent = try container.decodePrintable(atMost: TunnelConstants.softwareBytes, forKey: .agent)
        instance = try container.decodeInstance(forKey: .instance)
        epoch = try container.decodeCounter(forKey: .epoch)
        slot = try container.decode(in: 0...TunnelConstants.slots - 1, forKey: .slot)
    }
}

extension Welcome {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let count = 1...TunnelConstants.largestReference
        self.protocol = try container.decode(in: count, forKey: .protocol)
        edge = try container.decodePrintable(atMost: TunnelConstants.softwareBytes, forKey: .edge)
        epoch = try container.decodeCounter(forKey: .epoch)
        loops = try container.decode(in: count, forKey: .loops)
        loop = try container.decode(in: 0...loops - 1, forKey: .loop)
        heartbeatSeconds = try container.decode(in: TunnelConstants.seconds, forKey: .heartbeatSeconds)
        deadAfterSeconds = try container.decode(in: TunnelConstants.seconds, forKey: .deadAfterSeconds)
        baseDomain = try container.decode(String.self, forKey: .baseDomain)
        keyExchange = try container.decode(String.self, forKey: .keyExchange)
        client = try container.decode(String.self, forKey: .client)
        maxBindings = try container.decode(in: 0...TunnelConstants.largestReference, forKey: .maxBindings)
    }
}

extension Register {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ref = try container.decode(in: 0...TunnelConstants.largestReference, forKey: .ref)
        kind = try container.decode(String.self, forKey: .kind)
        host = try container.decodeIfPresent(String.self, forKey: .host)
        port = try container.decodeIfPresent(in: TunnelConstants.ports, forKey: .port)
    }
}

extension Registered {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ref = try container.decode(Int.self, forKey: .ref)
        binding = try container.decode(String.self, forKey: .binding)
        host = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .host)
        url = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .url)
        mode = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .mode)
        port = try container.decodeIfPresent(in: TunnelConstants.ports, forKey: .port)
    }
}

extension Refused {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ref = try container.decodeIfPresent(in: 0...TunnelConstants.largestReference, forKey: .ref)
        // A code of a later edge is one that passes: the sentence says the rest.
        code = RegistrationRefusal(rawValue: try container.decode(String.self, forKey: .code)) ?? .overloaded
        message = try container.decodePrintable(atMost: TunnelConstants.sentenceBytes, forKey: .message)
        retryAfterSeconds = try container.decodeIfPresent(in: TunnelConstants.seconds, forKey: .retryAfterSeconds)
    }
}

extension Beat {
    package init(from decoder: any Decoder) throws {
        seq = try decoder.container(keyedBy: CodingKeys.self).decodeCounter(forKey: .seq)
    }
}

extension Drain {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        deadlineSeconds = try container.decode(in: TunnelConstants.seconds, forKey: .deadlineSeconds)
    }
}

extension Superseded {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        epoch = try container.decodeCounter(forKey: .epoch)
        instance = try container.decodeInstance(forKey: .instance)
    }
}
