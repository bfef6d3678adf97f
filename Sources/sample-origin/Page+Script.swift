extension Page {
    static let script = #"""
        'use strict';
        const $ = id => document.getElementById(id);
        const mib = bytes => (bytes / 1048576).toFixed(1) + ' MiB';
        const rate = (bytes, ms) => mib(bytes) + ' in ' + Math.round(ms) + ' ms, ' + mib(bytes / ms * 1000) + '/s';

        let count = 0, last = 0;
        new EventSource('/events').addEventListener('time', event => {
          const now = performance.now();
          $('clock').textContent = new Date(event.data).toLocaleTimeString();
          $('events').textContent = ++count;
          if (last) $('lag').textContent = Math.round(now - last);
          last = now;
        });

        const say = (text, kind) => {
          const item = document.createElement('li');
          item.className = kind;
          item.textContent = text;
          $('log').append(item);
          while ($('log').children.length > 100) $('log').firstChild.remove();
          item.scrollIntoView({block: 'nearest'});
        };
        let socket;
        const open = () => {
          socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/echo');
          socket.onopen = () => say('connected', 'out');
          socket.onmessage = event => say(event.data, 'in');
          socket.onclose = () => { say('closed; again in 2 s', 'out'); setTimeout(open, 2000); };
        };
        open();
        $('chat').onsubmit = event => {
          event.preventDefault();
          const text = $('line').value;
          if (!text || socket.readyState !== WebSocket.OPEN) return;
          say(text, 'out');
          socket.send(text);
          $('line').value = '';
        };

        const upload = body => {
          const request = new XMLHttpRequest(), start = performance.now();
          request.open('POST', '/upload');
          request.upload.onprogress = event => { $('sent').value = event.loaded / (event.total || 1); };
          request.onerror = () => { $('uploaded').textContent = 'The upload did not arrive.'; };
          request.onload = () => {
            if (request.status !== 200) return request.onerror();
            const answer = JSON.parse(request.responseText);
            $('uploaded').textContent = rate(answer.bytes, performance.now() - start) + '. SHA-256 ' + answer.sha256;
          };
          $('uploaded').textContent = 'sending…';
          request.send(body);
        };
        $('file').onchange = () => { if ($('file').files[0]) upload($('file').files[0]); };
        $('sample').onclick = () => upload(new Blob([new Uint8Array(16 << 20)]));

        for (const button of document.querySelectorAll('[data-mib]')) button.onclick = async () => {
          const total = button.dataset.mib * 1048576, start = performance.now();
          let bytes = 0;
          button.disabled = true;
          try {
            const reader = (await fetch('/download?bytes=' + total, {cache: 'no-store'})).body.getReader();
            for (let part; !(part = await reader.read()).done;) {
              bytes += part.value.length;
              $('received').value = bytes / total;
            }
            $('downloaded').textContent = rate(bytes, performance.now() - start);
          } catch (error) {
            $('downloaded').textContent = 'Ended after ' + mib(bytes) + ': ' + error.message;
          }
          button.disabled = false;
        };

        fetch('/headers').then(answer => answer.json()).then(seen => {
          $('headers').textContent = [seen.method + ' ' + seen.target, ...seen.headers.map(pair => pair.join(': '))].join('\n');
        });
        """#
}
