import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runWithStreams } from '../../support/commands/program';
import { StandIns } from '../../support/commands/stand-ins';
import { minimal } from '../../support/synth/environments';

jest.mock('../../../commands/explain/synthesized', () => {
  const { synthesizedInProcess } = jest.requireActual('../../support/commands/synthesized-stacks');
  return { synthesizedStacks: synthesizedInProcess };
});
jest.setTimeout(180_000);

describe('explain --refresh-prices', () => {
  const product = (attributes: object, dollars: string) =>
    JSON.stringify({
      product: { attributes },
      terms: { OnDemand: { a: { priceDimensions: { b: { beginRange: '0', pricePerUnit: { USD: dollars } } } } } },
    });
  const GET = 'pricing get-products --service-code';
  let programs: StandIns;
  let folder: string;
  beforeEach(() => {
    programs = new StandIns();
    folder = mkdtempSync(join(tmpdir(), 'prices-'));
    writeFileSync(join(folder, 'prod.yaml'), stringify({ ...minimal(), region: 'ap-southeast-2' }));
  });
  afterEach(() => {
    programs.remove();
    rmSync(folder, { recursive: true });
  });
  const refreshed = (...more: string[]) =>
    runWithStreams(
      { ENVIRONMENTS_DIR: folder, PATH: `${programs.directory}:${process.env.PATH}` },
      ...['explain', 'prod', ...more],
    );

  it('are asked for where no price of the region is known, in place of a table of what is unknown', async () => {
    const { stdout } = await refreshed();
    const said = [
      'Cost a month: unknown, because no prices of ap-southeast-2 are here',
      'npx agent-bom-postgres explain prod --refresh-prices reads them from AWS',
    ];
    expect(stdout).toContain(`\n${said.join('\n')}\n`);
    expect(stdout).not.toContain('an unknown price');
    writeFileSync(join(folder, 'prod.yaml'), stringify({ ...minimal(), region: 'us-east-1' }));
    const known = await refreshed();
    expect(known.stdout).toContain('Cost a month, at the prices of us-east-1 on ');
    expect(known.stdout).not.toContain(said[1]);
  });

  it('keeps the prices of the region, and uses them from then on', async () => {
    programs.write('aws', {
      [`${GET} AmazonRDS`]: {
        PriceList: [
          product(
            {
              instanceType: 'db.t4g.medium',
              deploymentOption: 'Single-AZ',
              usagetype: 'APS2-InstanceUsage:db.t4g.medium',
            },
            '0.1',
          ),
          product(
            {
              instanceType: 'db.t4g.medium',
              deploymentOption: 'Multi-AZ',
              usagetype: 'APS2-Multi-AZUsage:db.t4g.medium',
            },
            '0.2',
          ),
          product(
            {
              instanceType: 'db.m7g.xlarge',
              deploymentOption: 'Single-AZ',
              usagetype: 'APS2-InstanceUsage:db.m7g.xl',
            },
            '0.5',
          ),
          product({ usagetype: 'APS2-RDS:GP3-Storage' }, '0.138'),
          product({ usagetype: 'APS2-Aurora:StorageIOUsage' }, '0.00000022'),
          'no JSON',
        ],
      },
      [`${GET} AWSSecretsManager`]: { PriceList: [product({ usagetype: 'APS2-AWSSecretsManager-Secrets' }, '0.4')] },
      [GET]: { PriceList: [] },
    });
    const { code, stdout } = await refreshed('--refresh-prices');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(join(folder, 'prices.json')) });
    const kept = JSON.parse(readFileSync(join(folder, 'prices.json'), 'utf8'));
    expect(kept.regions['ap-southeast-2']).toMatchObject({
      instanceLarge: { postgres: { t4g: 0.2, m7g: 0.25 } },
      storageGib: 0.138,
      auroraMillionRequests: 0.22,
      secretMonth: 0.4,
    });
    expect(kept.regions['ap-southeast-2']).not.toHaveProperty('keyMonth');
    const asked = programs.asked();
    expect(asked.filter((line) => !line.startsWith('aws pricing get-products'))).toEqual([]);
    const { cost } = JSON.parse((await refreshed('--json')).stdout);
    expect(cost.parts.slice(0, 3).map(({ monthly }: { monthly: number }) => monthly)).toEqual([73, 73, 27.6]);
    expect(cost).toMatchObject({
      isPartial: true,
      pricesOf: kept.date,
      source: expect.stringContaining('us-east-1'),
    });
    expect(programs.asked()).toEqual(asked);
  });

  it('changes nothing where the list cannot be read, and says why', async () => {
    programs.write('aws', { '': { complaint: 'Unable to locate credentials' } });
    const { code, stderr } = await refreshed('--refresh-prices');
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Unable to locate credentials') });
    expect(stderr).toContain('pricing:GetProducts');
    expect(existsSync(join(folder, 'prices.json'))).toBe(false);
  });

  it('refuses a file of prices that is none', async () => {
    writeFileSync(join(folder, 'prices.json'), '{"date": 1}');
    const { code, stderr } = await refreshed();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('prices.json') });
  });
});
