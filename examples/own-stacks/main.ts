import { App } from 'cdktf';
import { LedgerDatabase } from './ledger-database';
import { LedgerMigration } from './ledger-migration';

const app = new App();
new LedgerDatabase(app, 'ledger-database');
new LedgerMigration(app, 'ledger-migration');
app.synth();
