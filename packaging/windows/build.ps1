# Freezes nvmeviz on Windows and packs it into dist\: an installer, a zip that needs none, a list of what is in them, checksums.
#
#   pwsh packaging\windows\build.ps1      (or powershell -ExecutionPolicy Bypass -File ...)
#
# Needs 64-bit Python 3.11 or newer ($env:PYTHON, or python), Visual Studio's C++ compiler and NSIS 3. Nothing outside build\
# and dist\ is written.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$env:PYTHONNOUSERSITE = '1'
$env:PYTHONHASHSEED = '0'
$env:PYTHONUTF8 = '1'
$env:PYTHONPATH = $null

$root = (Resolve-Path "$PSScriptRoot\..\..").Path
$work = "$root\build\freeze"
$source = "$work\source"
$folder = "$work\nvmeviz"
$python = "$work\env\Scripts\python.exe"
$dist = "$root\dist"

function Run([string] $program, [string[]] $words) { # PowerShell by itself goes on when a program fails
    & $program $words
    if ($LASTEXITCODE -ne 0) { throw "$program $words ended with exit code $LASTEXITCODE" }
}

function Find-Makensis {
    $found = Get-Command makensis -ErrorAction SilentlyContinue
    if ($found) { return $found.Source }
    return "${env:ProgramFiles(x86)}\NSIS\makensis.exe"
}

Write-Host 'build: a fresh environment from the locks'
if (Test-Path $work) { Remove-Item -Recurse -Force $work }
New-Item -ItemType Directory -Force $source, $dist | Out-Null
$base = if ($env:PYTHON) { $env:PYTHON } else { 'python' }
Run $base @('-m', 'venv', "$work\env")
foreach ($lock in 'runtime', 'build', 'freeze') {
    $words = '-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '-q'
    $words += '--require-hashes', '--only-binary', ':all:', '--no-deps', '-r', "$root\packaging\$lock.lock"
    Run $python $words
}

Write-Host 'build: compiling the core'
foreach ($part in 'nvmeviz', 'resources', 'packaging', 'setup.py', 'pyproject.toml', 'README.md', 'LICENSE') {
    Copy-Item -Recurse "$root\$part" $source
}
Get-ChildItem -Recurse -Filter '*.pyd' "$source\nvmeviz" | Remove-Item
$env:NVMEVIZ_REQUIRE_CORE = '1'
$env:NVMEVIZ_PURE_BUILD = $null
Push-Location $source
Run $python @('setup.py', '-q', 'build_ext', '--inplace')

Write-Host 'build: freezing'
$words = '-m', 'PyInstaller', '--noconfirm', '--log-level', 'WARN', '--distpath', $work
Run $python ($words + '--workpath', "$work\pyinstaller", 'packaging\nvmeviz.spec')
Pop-Location

Write-Host 'build: packing'
$facts = & $python "$root\packaging\windows\version_info.py" "$root\nvmeviz\__init__.py"
$version, $numbers = $facts
$name = "nvmeviz-$version-windows-x86_64"
Remove-Item "$dist\$name*"
Run $python @("$root\packaging\icon_files.py", "$work\nvmeviz.ico")
Run $python @("$root\packaging\windows\removal.py", $folder, "$work\removal.nsh")
$words = '/V2', '/WX', '/INPUTCHARSET', 'UTF8', "/DVERSION=$version", "/DNUMBERS=$numbers", "/DFOLDER=$folder"
$words += "/DICON=$work\nvmeviz.ico", "/DREMOVAL=$work\removal.nsh", "/DOUTPUT=$dist\$name-setup.exe"
Run (Find-Makensis) ($words + "$root\packaging\windows\nvmeviz.nsi")
Push-Location $work # so that names in the zip begin with nvmeviz
Run $python @('-m', 'zipfile', '-c', "$dist\$name.zip", 'nvmeviz')
Pop-Location

$time = & git -C $root log -1 '--format=%ct'
$parts = & $python "$root\packaging\sbom.py" $version $time
[IO.File]::WriteAllText("$dist\$name.cdx.json", ($parts -join "`n") + "`n")
$sums = foreach ($file in Get-ChildItem "$dist\$name*") {
    '{0}  {1}' -f (Get-FileHash -Algorithm SHA256 $file).Hash.ToLower(), $file.Name
}
[IO.File]::WriteAllText("$dist\$name.sha256", ($sums -join "`n") + "`n")
Get-ChildItem "$dist\$name*" | ForEach-Object { Write-Host "build: $($_.Length) bytes: dist\$($_.Name)" }
