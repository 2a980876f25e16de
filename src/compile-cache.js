// Imported before the rest, so that what V8 has compiled of it, and the types that were stripped from it, are kept for the
// next start. Where the folder can't be written, or NODE_COMPILE_CACHE names another, nothing is lost but time.
// https://nodejs.org/api/module.html#module-compile-cache
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/privacy-desk', import.meta.url)))
