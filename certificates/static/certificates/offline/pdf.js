// pdf.js as the offline check uses it.

/** pdf.js without fonts, scripts and fetching of its own; `load` brings its two decoders of scans. */
export function opener(pdf, load) {
  class Files {
    async fetch({ filename }) {
      if (filename === 'jbig2.wasm') return load('jbig2')
      if (filename === 'openjpeg.wasm') return load('openjpeg')
      throw new Error(`${filename} is not here`)
    }
  }
  const options = { BinaryDataFactory: Files, useWorkerFetch: false, useSystemFonts: false, disableFontFace: true, wasmUrl: '/' }
  return { open: (data) => pdf.getDocument({ data, ...options }).promise }
}
