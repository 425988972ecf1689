// Loaded before each service: a stack names the line that was written, in our own code only. Node's
// --enable-source-maps would keep the maps of every dependency too: 7 MB more a process.
import { setSourceMapsSupport } from 'node:module';

setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });
