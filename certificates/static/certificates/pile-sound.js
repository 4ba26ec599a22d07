// A tone for each verdict, and a tremble of the phone: short and high when all is well, low and long when it is not.
const TONES = { good: [[880, 0.09]], warn: [[440, 0.12], [440, 0.12]], bad: [[196, 0.35]], again: [[660, 0.05], [660, 0.05]] };
const SHAKES = { good: 40, warn: [60, 60, 60], bad: 350, again: [30, 40, 30] };
let audio;

export function sound(tone) {
  // Browsers let a page sound only after a press; the press that starts the camera wakes it.
  if (tone === "wake") audio ??= globalThis.AudioContext && new AudioContext();
  if (!TONES[tone]) return;
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.(SHAKES[tone]);
  try {
    audio ??= new AudioContext();
    let at = audio.currentTime;
    for (const [height, length] of TONES[tone]) {
      const voice = audio.createOscillator();
      const loud = audio.createGain();
      voice.frequency.value = height;
      loud.gain.setValueAtTime(0.2, at);
      loud.gain.exponentialRampToValueAtTime(0.001, at + length);
      voice.connect(loud).connect(audio.destination);
      voice.start(at);
      voice.stop(at + length);
      at += length + 0.06;
    }
  } catch {
    // No sound on this device: the words and the colour say the same.
  }
}
