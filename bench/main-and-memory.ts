// main.ts, and at its end the most memory that it held: what the operating system counted, in bytes.
process.once('exit', () => console.log(process.resourceUsage().maxRSS * 1024));
require('../main');
