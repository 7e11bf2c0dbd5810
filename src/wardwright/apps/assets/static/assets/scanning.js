// The camera as a scanner. The browser's own reader is used where it knows our formats; else ours is loaded, and only
// when somebody scans. What was read goes into the page's scan box, as if a hand-held scanner had typed it.
"use strict";
(() => {
  const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39", "ean_13"];
  const EVERY_MS = 160, AGAIN_MS = 3000;
  const place = document.querySelector("[data-scanner]");
  if (!place) return;
  const find = (name) => place.querySelector(`[data-scan-${name}]`);
  const view = find("view"), video = place.querySelector("video"), start = find("start"), stop = find("stop"), photo = find("photo");
  const say = (text) => { find("status").textContent = text; };
  let reader = null, stream = null, timer = 0, last = "", lastAt = 0;

  const loaded = (url) => new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: failed });
    document.head.append(script);
  });

  async function ownReader() {
    try {
      const known = await window.BarcodeDetector.getSupportedFormats();
      return FORMATS.every((format) => known.includes(format)) ? new window.BarcodeDetector({ formats: FORMATS }) : null;
    } catch { return null; }
  }

  async function shippedReader() {
    say(place.dataset.loading);
    if (!window.BarcodeDetectionAPI) await loaded(place.dataset.reader);
    const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
    await prepareZXingModule({ overrides: { locateFile: () => place.dataset.engine }, fireImmediately: true });
    return new BarcodeDetector({ formats: FORMATS });
  }

  const ready = () => { reader ||= (async () => (await ownReader()) || shippedReader())(); reader.catch(() => { reader = null; say(place.dataset.broken); }); return reader; };

  // A label has two symbols of ours: the address in the QR code names the device for certain.
  const best = (codes) => codes.find((code) => /\/r\/[2-9a-z]+\/?$/i.test(code.rawValue)) || codes.find((code) => code.format === "data_matrix") || codes[0];

  function take(text) {
    const form = document.querySelector("[data-scan-form]"), box = form.querySelector("[data-scan-box]");
    navigator.vibrate?.(60);
    say(`${place.dataset.found} ${text}`);
    box.value = text;
    form.requestSubmit();
  }

  async function look() {
    if (!stream) return;
    try {
      const code = video.readyState >= 2 && best(await (await ready()).detect(video));
      if (stream && code?.rawValue) {
        const again = code.rawValue === last && Date.now() - lastAt < AGAIN_MS;
        [last, lastAt] = [code.rawValue, Date.now()];
        if (!again) take(code.rawValue);
      }
    } catch { /* one picture that could not be read: the next one is on its way */ }
    if (stream) timer = setTimeout(look, EVERY_MS);
  }

  async function begin() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch { return say(place.dataset.refused); }
    video.srcObject = stream;
    view.hidden = stop.hidden = false;
    start.hidden = true;
    await video.play();
    try { await ready(); } catch { return end(); }
    say(place.dataset.looking);
    look();
  }

  function end() {
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    view.hidden = stop.hidden = true;
    start.hidden = false;
  }

  async function readPhoto(event) {
    const file = event.target.files[0];
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      const code = best(await (await ready()).detect(picture));
      code?.rawValue ? take(code.rawValue) : say(place.dataset.nothing);
    } catch { say(place.dataset.nothing); }
    event.target.value = "";
  }

  const camera = Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia);
  start.hidden = !camera;
  photo.hidden = false;
  if (!camera) say(place.dataset.insecure);
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => { end(); say(""); });
  photo.querySelector("input").addEventListener("change", readPhoto);
  addEventListener("pagehide", end);
})();
