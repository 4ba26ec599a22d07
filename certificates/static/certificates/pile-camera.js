// The camera reads paper after paper without a tap: what was seen once is not sent again, and a code that stays in view
// is silent. The browser's own reader is used where there is one, else the WebAssembly one that comes with the site.
import { say } from "./pile-page.js";
import { sound } from "./pile-sound.js";

const card = document.querySelector("[data-pile-camera]");
const desk = document.querySelector(".pile-desk");
// A code is still the same visit when it was in view so many milliseconds ago.
const VISIT = 2500;
const EVERY = 120;
const WIDEST = 1280;

async function reader() {
  if ("BarcodeDetector" in globalThis) {
    const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video)).map((one) => one.rawValue);
    }
  }
  const zxing = await import(card.dataset.reader);
  await zxing.prepareZXingModule({ overrides: { locateFile: () => card.dataset.wasm }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = brush.getImageData(0, 0, canvas.width, canvas.height);
    const found = await zxing.readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 4 });
    return found.filter((one) => one.isValid).map((one) => one.text);
  };
}

export function watch(send) {
  if (!card) return;
  card.hidden = false;
  const begin = card.querySelector("[data-camera-start]");
  const end = card.querySelector("[data-camera-stop]");
  const view = card.querySelector("[data-camera-view]");
  const video = card.querySelector("video");
  const seen = new Map();
  let stream;
  let light;

  const meet = (text) => {
    const before = seen.get(text);
    seen.set(text, Date.now());
    if (before === undefined) {
      view.classList.add("caught");
      setTimeout(() => view.classList.remove("caught"), 250);
      send(text);
    } else if (Date.now() - before > VISIT) {
      say(card.dataset.again, "again");
    }
  };

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    light?.release?.();
    view.hidden = true;
    begin.hidden = false;
    desk.classList.remove("filming");
  };

  const look = async (read) => {
    while (stream) {
      if (!document.hidden && video.readyState >= 2 && video.videoWidth) {
        const texts = await read(video).catch(() => []);
        texts.filter(Boolean).forEach(meet);
      }
      await new Promise((go) => setTimeout(go, EVERY));
    }
  };

  begin.addEventListener("click", async () => {
    sound("wake");
    if (!navigator.mediaDevices) return say(card.dataset.insecure, "warn");
    begin.setAttribute("aria-busy", "true");
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
      video.srcObject = stream;
      view.hidden = false;
      begin.hidden = true;
      desk.classList.add("filming");
      await video.play();
      light = await navigator.wakeLock?.request("screen").catch(() => undefined);
      look(await reader());
    } catch (problem) {
      stop();
      say(problem.name === "NotAllowedError" ? card.dataset.refused : card.dataset.none, "warn");
    } finally {
      begin.removeAttribute("aria-busy");
    }
  });
  end.addEventListener("click", stop);
}
