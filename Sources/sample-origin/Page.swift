/// The page at `/`: self-contained, so that what it shows has come through the tunnel.
enum Page {
    /// Nothing from elsewhere runs or loads.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>It came through</title>
        <style>\(style)</style>
        <header>
          <p class="path"><span>you</span><i></i><span>edge</span><i class="sealed"></i><span>agent</span><i></i><span class="here">this page</span></p>
          <h1>It came through.</h1>
          <p>This page is served by a small program on <code>127.0.0.1</code>. What moves below moves through the tunnel.</p>
        </header>
        <main>
          <section>
            <h2>Clock <small>server-sent events</small></h2>
            <output id="clock" class="big">--:--:--</output>
            <p class="note"><b id="events">0</b> events, last one <b id="lag">-</b> ms after the one before</p>
          </section>
          <section>
            <h2>Echo <small>WebSocket</small></h2>
            <ol id="log" aria-live="polite"></ol>
            <form id="chat"><input id="line" placeholder="say something" autocomplete="off" aria-label="message"><button>Send</button></form>
          </section>
          <section>
            <h2>Upload <small>streamed, hashed, not kept</small></h2>
            <input id="file" type="file" aria-label="file">
            <button id="sample" type="button">or send 16 MiB</button>
            <progress id="sent" max="1" value="0"></progress>
            <p class="note" id="uploaded">SHA-256 of what arrives is shown here.</p>
          </section>
          <section>
            <h2>Download <small>made on the way</small></h2>
            <p class="row"><button type="button" data-mib="1">1 MiB</button><button type="button" data-mib="32">32 MiB</button><button type="button" data-mib="256">256 MiB</button></p>
            <progress id="received" max="1" value="0"></progress>
            <p class="note" id="downloaded">Counted, not saved.</p>
          </section>
          <section class="wide">
            <h2>Headers <small>as this program saw them</small></h2>
            <pre id="headers"></pre>
          </section>
        </main>
        <footer>Also here: <code>/stream?bytes=N</code> <code>/reflect</code> <code>/slow?ms=N</code> <code>/status/N</code> <code>/trailers</code> <code>/early-hints</code></footer>
        <script>\(script)</script>
        </html>

        """
}
