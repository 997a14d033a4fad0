// node scripts/subset-fonts.mjs
// Cuts the Latin fonts in public/fonts to what the page itself says: ASCII and a little punctuation, the weights and
// features that style/ uses. Not a part of any build; it needs `npm install --no-save subset-font@2`.
import fs from 'node:fs'
import subsetFont from 'subset-font'

const ascii = Array.from({ length: 95 }, (_, n) => String.fromCodePoint(0x20 + n)).join('')
// As in the unicode-range of style/fonts.css.
const text = `${ascii}\u00a0·×–—‘’“”…`
const fonts = [
  { from: 'inter-latin-wght-normal', to: 'inter-ascii-wght', keepFeatures: ['kern', 'ss03', 'cv05', 'tnum'] },
  { from: 'jetbrains-mono-latin-wght-normal', to: 'jetbrains-mono-ascii-wght', keepFeatures: ['zero'] },
]

for (const { from, to, keepFeatures } of fonts) {
  const whole = fs.readFileSync(`public/fonts/${from}.woff2`)
  const options = { targetFormat: 'woff2', noHinting: true, keepFeatures, variationAxes: { wght: { min: 400, max: 700 } } }
  const cut = await subsetFont(whole, text, options)
  fs.writeFileSync(`public/fonts/${to}.woff2`, cut)
  console.log(`${to}: ${whole.length} → ${cut.length} bytes`)
}
