// Read QR codes with jsQR: one line of JSON in ({module, pictures: [{width, height, file}]}), one text a line out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const given = JSON.parse(readFileSync(0, "utf8"));
const jsQR = createRequire(import.meta.url)(given.module);
for (const { width, height, file } of given.pictures) {
  const found = (jsQR.default ?? jsQR)(new Uint8ClampedArray(readFileSync(file)), width, height, { inversionAttempts: "dontInvert" });
  console.log(found ? found.data : "");
}
