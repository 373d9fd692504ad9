import { ownedValues } from '../../contract/chart';

/** The values that the contract owns in a release of two pods. */
export const OWNED = ownedValues({
  appSecretName: 'app',
  maintenanceSecretName: 'maintenance',
  adminSecretName: 'admin',
  controlPlaneSecretName: 'keys',
  trustBundleName: 'ca',
  replicas: 2,
  poolMinimum: 5,
  poolMaximum: 20,
  trustedProxyIssuer: 'issuer',
});
