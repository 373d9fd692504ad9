// main.ts, or the app that MEASURED_APP names, and at its end what it took: seconds of all processors, and the most bytes.
const app = process.env.MEASURED_APP ?? '../main';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, bytes: maxRSS * 1024 }));
});
require(app);
