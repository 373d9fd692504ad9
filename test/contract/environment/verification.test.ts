import { stringify } from 'yaml';
import {
  announcesVerification,
  verificationAgeHours,
  verificationAlarmHours,
} from '../../../contract/environment/verification';
import { minimal, mistakesIn, parsed } from '../../support/synth/environments';

const settings = (schedule: string, enabled = true) => ({ enabled, schedule, prometheusRule: false });

describe('the verification of an environment', () => {
  it('runs daily unless the file says otherwise', () => {
    expect(parsed(minimal()).verification).toEqual({ enabled: true, schedule: '43 5 * * *', prometheusRule: false });
  });

  it.each([
    ['43 5 * * *', 26, 26],
    ['0 */6 * * *', 8, 8],
    // A week less two hours is the last that CloudWatch sees.
    ['0 0,2 * * 1', 168, 168],
    ['0 5 * * 1', 170, undefined],
    ['0 5 29 2 *', undefined, undefined],
  ])('by %s is missing after %p hours, and for CloudWatch after %p', (schedule, hours, alarm) => {
    expect(verificationAgeHours(settings(schedule))).toBe(hours);
    expect(verificationAlarmHours(settings(schedule))).toBe(alarm);
    expect(verificationAgeHours(settings(schedule, false))).toBeUndefined();
  });

  it('is told where alarms are on and one waits for it', () => {
    const told = (enabled: boolean, verification: ReturnType<typeof settings>) =>
      announcesVerification({ alarms: { enabled }, verification });
    expect(told(true, settings('43 5 * * *'))).toBe(true);
    expect(told(false, settings('43 5 * * *'))).toBe(false);
    expect(told(true, settings('43 5 * * *', false))).toBe(false);
    expect(told(true, settings('0 5 * * 1'))).toBe(false);
  });

  it('refuses a schedule that is none', () => {
    const [mistake, ...others] = mistakesIn(stringify({ ...minimal(), verification: { schedule: '0 5 30 2 *' } }));
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({ path: 'verification.schedule', got: '"0 5 30 2 *"' });
  });
});
