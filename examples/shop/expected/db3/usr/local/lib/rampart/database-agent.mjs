// Made by Rampart for db3: change the site file instead. Why: it decides who is primary, and makes it so.
{{program:database-agent}}
