@echo off
rem Builds in Release and runs every test; arguments go to dotnet test. Ends with "N passed, N failed, N skipped".
setlocal
cd /d "%~dp0"
set "results=%TEMP%\attune-tests-%RANDOM%%RANDOM%"
dotnet test Attune.slnx -c Release --nologo --logger trx --results-directory "%results%" %*
set "code=%errorlevel%"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$t = 0; $p = 0; $e = 0; foreach ($f in Get-ChildItem -Path $env:results -Filter *.trx -ErrorAction SilentlyContinue) { $c = ([xml](Get-Content -LiteralPath $f.FullName)).TestRun.ResultSummary.Counters; $t += [int]$c.total; $p += [int]$c.passed; $e += [int]$c.executed }; $failed = $e - $p; if ([int]$env:code -ne 0 -and $failed -eq 0) { $failed = 1 }; Write-Output ('{0} passed, {1} failed, {2} skipped' -f $p, $failed, ($t - $e))"
if exist "%results%" rmdir /s /q "%results%"
exit /b %code%
