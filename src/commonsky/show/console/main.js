// @ts-check
// Where the page begins: what can be asked for at once is.

import * as holdings from "./holdings.js";
import { preferred, speak } from "./words.js";
import { Shell } from "./shell.js";

const begun = holdings.begin();
begun.catch(() => {}); // the shell tells of it
await speak(preferred());
document.body.append(new Shell(begun));
