/// What a new configuration file begins with: right as it stands, and every line of it explained.
enum ConfigurationTemplate {
    static let text = """
        # The configuration of osm-agent. What begins with # is left out; remove it where you need the line.
        # All settings: docs/agent-configuration.md. Check with: osm-agent config check
        version: 1

        agent:
          # Edges to dial, instead of those that are baked in.
          # edges: [tunnel.example.com:8443]
          # trace, debug, info, notice, warning, error or critical.
          # log_level: info
          # false: nobody can look at requests in a browser.
          # inspect: true

        endpoints:
          # A web application on port 3000 of this machine, as https://app.tunnel.example.com.
          # - name: web
          #   target: 3000
          #   hostname: app
          #   access:
          #     basic_auth_file: users.txt

          # Another protocol, under a port of the edge.
          # - name: ssh
          #   kind: tcp
          #   target: 22
          #   enabled: false

        """
}
