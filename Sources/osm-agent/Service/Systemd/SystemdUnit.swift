/// The unit file of one agent.
///
/// A unit of the machine runs under a user of its own with a fixed name and number (made by systemd-sysusers), and not
/// under one that is made up at each start (`DynamicUser=`): the configuration holds secrets, so it is readable for that
/// user alone, and so that a reload finds it changed it is read in its place rather than copied at start; and whoever
/// wants a folder below /home served needs a lasting user to give the right to.
struct SystemdUnit: Sendable, Equatable {
    let plan: ServicePlan
    /// Which systemd will read it, 0 for the oldest; what that does not know is left out.
    let version: Int

    /// The section that systemd passes over, and in which later commands read where everything is.
    static let ownSection = "X-OsmAgent"

    private var isSystem: Bool { plan.instance.scope == .system }

    var text: String {
        var sections = [head, service]
        sections.append(isSystem ? ownUser + hardening : userHardening)
        sections.append(foot)
        return sections.joined(separator: "\n")
    }

    private var head: String {
        let order = isSystem ? "Wants=network-online.target\nAfter=network-online.target nss-lookup.target\n" : ""
        let edit = "systemctl\(isSystem ? "" : " --user") edit \(plan.instance.unit)"
        return """
            # Written by `osm-agent service install`. What is to be otherwise belongs into a drop-in: \(edit)
            [Unit]
            Description=osmRouter agent\(plan.instance.name.map { " (\($0))" } ?? "")
            \(order)# A device that can be reached through its tunnel alone must not be given up after some failures.
            StartLimitIntervalSec=0

            """
    }

    private var service: String {
        let arguments = plan.arguments.dropFirst().map(UnitWord.argument).joined(separator: " ")
        let exits = ServicePlan.permanentExits.map { "\($0)" }.joined(separator: " ")
        return """
            [Service]
            Type=notify
            NotifyAccess=main
            ExecStart=\(UnitWord.path(plan.executable)) \(arguments)
            ExecReload=kill -HUP $MAINPID
            # Threads of a service may not choose their priority, and it need not be in the log each time.
            Environment=LIBDISPATCH_LOG=NO
            EnvironmentFile=-\(UnitWord.line(plan.places.variables))
            KillMode=mixed
            TimeoutStartSec=60
            # The agent lets requests finish for its grace period before it ends.
            TimeoutStopSec=\(plan.stopSeconds)
            TimeoutAbortSec=15
            # The agent answers for all of its event loops, so one that hangs is noticed.
            WatchdogSec=30
            Restart=always
            \(backoff)
            # What only a person can mend; osm-agent --help says what each code means.
            RestartPreventExitStatus=\(exits)
            LimitNOFILE=65536
            # A dump of its memory would hold the device's key.
            LimitCORE=0
            UMask=0077

            """
    }

    /// Pauses that grow came with systemd 254.
    private var backoff: String {
        guard version >= 254 else { return "RestartSec=5" }
        return "RestartSec=1\nRestartSteps=8\nRestartMaxDelaySec=60"
    }

    private var ownUser: String {
        let label = plan.instance.label
        return """
            User=\(label)
            Group=\(label)
            StateDirectory=\(label)
            StateDirectoryMode=0700
            RuntimeDirectory=\(label)
            RuntimeDirectoryMode=0700

            """
    }

    /// What a program may still do that dials out, reads some files and writes into two folders.
    private var hardening: String {
        let folders = plan.writableFolders.map(UnitWord.path).joined(separator: " ")
        let protection = """

            # Targets may be folders below /home, where this user has been given the right to read them.
            ProtectHome=read-only
            ProtectSystem=strict
            \(folders.isEmpty ? "" : "ReadWritePaths=\(folders)\n")PrivateTmp=yes
            PrivateDevices=yes
            ProtectClock=yes
            ProtectControlGroups=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectProc=invisible
            CapabilityBoundingSet=
            AmbientCapabilities=
            RemoveIPC=yes
            KeyringMode=private

            """
        return protection + userHardening + "SystemCallFilter=~@privileged @resources\n"
    }

    /// What the systemd of a user can take from a program as well.
    private var userHardening: String {
        """
        NoNewPrivileges=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        # Netlink tells which of this machine's addresses can reach which others.
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM

        """
    }

    private var foot: String {
        """
        [Install]
        WantedBy=\(isSystem ? "multi-user.target" : "default.target")

        [\(Self.ownSection)]
        Configuration=\(plan.configuration)
        Identity=\(plan.identity)
        Socket=\(plan.socket)

        """
    }

    /// What stands in the own section of a unit file.
    static func own(_ key: String, in text: String) -> String? {
        guard let section = text.firstRange(of: "[\(ownSection)]\n") else { return nil }
        let lines = text[section.upperBound...].split(separator: "\n")
        return lines.first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    /// The file from which systemd-sysusers makes the user of a unit of the machine.
    static func sysusers(_ instance: ServiceInstance) -> String {
        "u \(instance.label) - \"osmRouter agent\" /var/lib/\(instance.label) -\n"
    }
}
