/** Prints what detection finds in the recording that is the first argument; with `reference` as the second, without WASM. */

import { readFile } from 'node:fs/promises';
import { argv, stdout } from 'node:process';
import { loadKernelModule } from '../../../src/kernel/load-file.ts';
import { replayText } from './replay-text.ts';

const text = await readFile(argv[2] ?? '', 'utf8');
const module = argv[3] === 'reference' ? null : await loadKernelModule();
stdout.write(await replayText(text, module));
