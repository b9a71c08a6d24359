declare module "page:*" {
  const text: string;
  export default text;
}
